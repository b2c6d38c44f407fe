// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "tests/support/become_root.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <chrono>
#include <csignal>
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
#include <sys/wait.h>
#include <unistd.h>

namespace isag::test {

inline void shell(const std::string& script) { REQUIRE_MESSAGE(std::system(script.c_str()) == 0, script); }

// Two network namespaces: "inside" (a sandbox's, where this process then is) with an uplink to "outside", the whole
// rest of a world: 198.51.100.1 and 2001:db8::1 are there.
class World {
public:
    World() {
        if (!become_root() || ::unshare(CLONE_NEWNET) != 0) {
            MESSAGE("skipped: this process can't make a network namespace: ", std::strerror(errno));
            return;
        }
        outside_ = here();
        REQUIRE(::unshare(CLONE_NEWNET) == 0);
        inside_ = here();
        shell("ip link set lo up && ip link add uplink type veth peer name world");
        shell("ip link set world netns " + std::to_string(hold_outside()));
        shell("ip addr add 10.77.0.2/24 dev uplink && ip link set uplink up && ip route add default via 10.77.0.1");
        shell("ip -6 addr add fd77::2/64 dev uplink nodad && ip -6 route add default via fd77::1");
        ::kill(holder_, SIGKILL);
        ::waitpid(holder_, nullptr, 0);
        go_outside();
        shell("ip link set lo up && ip addr add 198.51.100.1/32 dev lo && ip -6 addr add 2001:db8::1/128 dev lo");
        shell(
            "ip addr add 10.77.0.1/24 dev world && ip link set world up && ip -6 addr add fd77::1/64 dev world nodad");
        go_inside();
    }
    ~World() {
        if (inside_) go_inside();
    }

    explicit operator bool() const { return static_cast<bool>(inside_); }
    // Where sockets that are made next belong to.
    void go_outside() const { REQUIRE(::setns(outside_.get(), CLONE_NEWNET) == 0); }
    void go_inside() const { REQUIRE(::setns(inside_.get(), CLONE_NEWNET) == 0); }

private:
    static UniqueFd here() { return UniqueFd(::open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC)); }
    // ip(8) takes a process for the namespace that it is in.
    pid_t hold_outside() {
        Pipe ready = make_pipe();
        holder_ = ::fork();
        if (holder_ == 0) {
            const bool good = ::setns(outside_.get(), CLONE_NEWNET) == 0;
            [[maybe_unused]] const ssize_t n = ::write(ready.write.get(), "", good ? 1 : 0);
            ready.write.reset();
            for (;;) ::pause();
        }
        ready.write.reset();
        char byte = 0;
        REQUIRE(::read(ready.read.get(), &byte, 1) == 1);
        return holder_;
    }

    UniqueFd outside_, inside_;
    pid_t holder_ = -1;
};

struct Peer {
    sockaddr_in6 bytes{};
    socklen_t size = sizeof(sockaddr_in6);
    const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&bytes); }
};

inline Peer peer(const std::string& address, std::uint16_t port) {
    Peer out;
    if (::inet_pton(AF_INET6, address.c_str(), &out.bytes.sin6_addr) == 1) {
        out.bytes.sin6_family = AF_INET6;
        out.bytes.sin6_port = htons(port);
        return out;
    }
    auto& v4 = reinterpret_cast<sockaddr_in&>(out.bytes);
    REQUIRE(::inet_pton(AF_INET, address.c_str(), &v4.sin_addr) == 1);
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    out.size = sizeof(sockaddr_in);
    return out;
}

inline UniqueFd make_socket(const Peer& to, int type) {
    UniqueFd fd(::socket(to.bytes.sin6_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    REQUIRE(fd);
    return fd;
}

inline void set_mark(const UniqueFd& fd, std::uint32_t mark) {
    REQUIRE(::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0);
}

inline bool readable(const UniqueFd& fd, int milliseconds = 5000) {
    pollfd watched{fd.get(), POLLIN, 0};
    return ::poll(&watched, 1, milliseconds) == 1;
}

// 0 where it connected, else why not; ETIMEDOUT after five seconds.
inline int connect_to(const UniqueFd& fd, const Peer& to) {
    if (::connect(fd.get(), to.get(), to.size) == 0) return 0;
    if (errno != EINPROGRESS) return errno;
    pollfd watched{fd.get(), POLLOUT, 0};
    if (::poll(&watched, 1, 5000) != 1) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

inline int try_tcp(const std::string& address, std::uint16_t port, std::uint32_t mark = 0) {
    const Peer to = peer(address, port);
    const UniqueFd fd = make_socket(to, SOCK_STREAM);
    if (mark != 0) set_mark(fd, mark);
    return connect_to(fd, to);
}

inline int send_to(const UniqueFd& fd, const Peer& to, const std::string& text) {
    return ::sendto(fd.get(), text.data(), text.size(), 0, to.get(), to.size) < 0 ? errno : 0;
}

inline int try_udp(const std::string& address, std::uint16_t port, std::uint32_t mark = 0) {
    const Peer to = peer(address, port);
    const UniqueFd fd = make_socket(to, SOCK_DGRAM);
    if (mark != 0) set_mark(fd, mark);
    return send_to(fd, to, "hello");
}

inline UniqueFd listen_on(const std::string& address, std::uint16_t port, int type) {
    const Peer at = peer(address, port);
    UniqueFd fd = make_socket(at, type);
    REQUIRE(::bind(fd.get(), at.get(), at.size) == 0);
    if (type == SOCK_STREAM) REQUIRE(::listen(fd.get(), 64) == 0);
    return fd;
}

inline std::uint16_t local_port(const UniqueFd& fd) {
    Peer at;
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at.bytes), &at.size) == 0);
    return ntohs(at.bytes.sin6_port);
}

}  // namespace isag::test
