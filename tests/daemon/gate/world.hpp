// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "tests/support/become_root.hpp"
#include <arpa/inet.h>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sched.h>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace isag::test {

// The sandbox's network namespace, which this process moves into for good, and another one that stands for the
// Internet, with a cable between them: 198.51.100.1 here, 198.51.100.2 and .3 there. An ordinary user gets both in a
// user namespace of the test's own.
class World {
public:
    static World& get() {
        static World world;
        return world;
    }

    // A listening socket out there.
    UniqueFd listen_there(std::uint16_t port, const char* address = "198.51.100.2") {
        Visit visit(*this);
        return listen(address, port);
    }
    UniqueFd datagrams_there(std::uint16_t port, const char* address = "198.51.100.2") {
        Visit visit(*this);
        const Place place(address, port);
        UniqueFd out(::socket(place.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(out.get(), place.data(), place.size) == 0);
        return patient(std::move(out));
    }
    static UniqueFd listen(const char* address, std::uint16_t port) {
        const Place place(address, port);
        UniqueFd out(::socket(place.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int on = 1;
        ::setsockopt(out.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
        REQUIRE(::bind(out.get(), place.data(), place.size) == 0);
        REQUIRE(::listen(out.get(), 4096) == 0);
        return patient(std::move(out));
    }
    static UniqueFd connect(const char* address, std::uint16_t port) {
        const Place place(address, port);
        UniqueFd out(::socket(place.family(), SOCK_STREAM | SOCK_CLOEXEC, 0));
        const int error = ::connect(out.get(), place.data(), place.size) == 0 ? 0 : errno;
        REQUIRE_MESSAGE((error == 0 || error == ECONNRESET), std::strerror(error));  // a refusal may be faster
        return patient(std::move(out));
    }
    static std::uint16_t port_of(const UniqueFd& socket) {
        sockaddr_in in{};
        socklen_t size = sizeof in;
        REQUIRE(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&in), &size) == 0);
        return ntohs(in.sin_port);
    }
    // A way out over IPv6 for as long as it lives: 2001:db8::1 here, 2001:db8::2 there.
    struct Ipv6 {
        Ipv6() {
            {
                Visit visit(get());
                run("ip addr add 2001:db8::2/64 dev world0 nodad");
            }
            run("ip addr add 2001:db8::1/64 dev gate0 nodad && ip -6 route add default via 2001:db8::2");
        }
        ~Ipv6() {
            run("ip -6 route del default && ip addr del 2001:db8::1/64 dev gate0");
            Visit visit(get());
            run("ip addr del 2001:db8::2/64 dev world0");
        }
    };
    static void run(const std::string& command) { REQUIRE_MESSAGE(std::system(command.c_str()) == 0, command); }

private:
    World() {
        REQUIRE_MESSAGE((become_root() && ::unshare(CLONE_NEWNET) == 0),
                        "no network namespace can be made: ", std::strerror(errno));
        run("ip link set lo up");
        here_.reset(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
        REQUIRE(::unshare(CLONE_NEWNET) == 0);
        run("ip link set lo up");
        there_.reset(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC));
        REQUIRE(::setns(here_.get(), CLONE_NEWNET) == 0);
        const std::string there = "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(there_.get());
        run("ip link add gate0 type veth peer name world0 && ip link set world0 netns " + there);
        run("ip addr add 198.51.100.1/24 dev gate0 && ip link set gate0 up && ip route add default via 198.51.100.2");
        Visit visit(*this);
        run("ip addr add 198.51.100.2/24 dev world0 && ip addr add 198.51.100.3/24 dev world0 && ip link set world0 "
            "up");
    }

    struct Visit {
        explicit Visit(World& w) : world(w) { REQUIRE(::setns(world.there_.get(), CLONE_NEWNET) == 0); }
        ~Visit() { ::setns(world.here_.get(), CLONE_NEWNET); }
        World& world;
    };
    struct Place {
        Place(const char* address, std::uint16_t port) {
            if (::inet_pton(AF_INET, address, &v4().sin_addr) == 1) {
                v4().sin_family = AF_INET;
                v4().sin_port = htons(port);
                size = sizeof(sockaddr_in);
                return;
            }
            REQUIRE(::inet_pton(AF_INET6, address, &bytes.sin6_addr) == 1);
            bytes.sin6_family = AF_INET6;
            bytes.sin6_port = htons(port);
        }
        int family() const { return bytes.sin6_family; }
        const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&bytes); }
        sockaddr_in6 bytes{};
        socklen_t size = sizeof bytes;

    private:
        sockaddr_in& v4() { return reinterpret_cast<sockaddr_in&>(bytes); }
    };
    static UniqueFd patient(UniqueFd socket) {
        const timeval limit{15, 0};
        ::setsockopt(socket.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(socket.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        return socket;
    }

    UniqueFd here_;
    UniqueFd there_;
};

// The next connection on it.
inline UniqueFd accept_one(const UniqueFd& listener) {
    UniqueFd out(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE_MESSAGE(out, "nobody connects: ", std::strerror(errno));
    const timeval limit{15, 0};
    ::setsockopt(out.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(out.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    return out;
}

inline void say(const UniqueFd& socket, const std::string& text) {
    REQUIRE(::send(socket.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

// Whether anything comes, an end included, within that many milliseconds.
inline bool readable(const UniqueFd& socket, int timeout) {
    pollfd waiting{socket.get(), POLLIN, 0};
    return ::poll(&waiting, 1, timeout) == 1;
}

// Exactly so many bytes.
inline std::string hear(const UniqueFd& socket, std::size_t size) {
    std::string out(size, '\0');
    std::size_t have = 0;
    while (have < size) {
        const ssize_t n = ::recv(socket.get(), out.data() + have, size - have, 0);
        REQUIRE_MESSAGE(n > 0, "after " << have << " bytes: " << (n == 0 ? "the end" : std::strerror(errno)));
        have += static_cast<std::size_t>(n);
    }
    return out;
}

// How a connection ends, and what came before.
struct Ending {
    std::string text;
    bool reset = false;
};
inline Ending hear_all(const UniqueFd& socket) {
    Ending out;
    char piece[16384];
    for (;;) {
        const ssize_t n = ::recv(socket.get(), piece, sizeof piece, 0);
        if (n == 0) return out;
        if (n < 0) {
            REQUIRE_MESSAGE((errno == ECONNRESET || errno == ENOTCONN), std::strerror(errno));
            out.reset = true;
            return out;
        }
        out.text.append(piece, static_cast<std::size_t>(n));
    }
}

}  // namespace isag::test
