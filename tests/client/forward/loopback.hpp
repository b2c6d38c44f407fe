// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <arpa/inet.h>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <functional>
#include <list>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>

// Plain blocking sockets of this machine, each wait with a deadline.
namespace isag::test {

inline void limit_waits(int socket) {
    const timeval limit{60, 0};  // under sanitizers, beside other tests
    ::setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

inline sockaddr_in loopback_address(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
    address.sin_port = ::htons(static_cast<std::uint16_t>(port));
    return address;
}

// None where it is refused.
inline UniqueFd try_connect(int port) {
    UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    limit_waits(socket.get());
    const auto address = loopback_address(port);
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) return {};
    return socket;
}

inline UniqueFd connect_or_throw(int port) {
    UniqueFd socket = try_connect(port);
    if (!socket) throw errno_error("cannot connect to port " + std::to_string(port), errno);
    return socket;
}

inline UniqueFd connect_to_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    limit_waits(socket.get());
    if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
        throw errno_error("cannot connect to " + path, errno);
    return socket;
}

struct Listening {
    UniqueFd socket;
    int port = 0;
};

inline Listening listen_on_loopback(int port = 0) {
    Listening out;
    out.socket.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    auto address = loopback_address(port);
    socklen_t size = sizeof address;
    if (::bind(out.socket.get(), reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(out.socket.get(), 4096) != 0)
        throw errno_error("cannot listen", errno);
    ::getsockname(out.socket.get(), reinterpret_cast<sockaddr*>(&address), &size);
    out.port = ::ntohs(address.sin_port);
    return out;
}

inline UniqueFd listen_on_path(const std::string& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    UniqueFd socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
        ::listen(socket.get(), 128) != 0)
        throw errno_error("cannot listen on " + path, errno);
    return socket;
}

inline void send_all(const UniqueFd& socket, std::string_view bytes) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n <= 0) throw errno_error("cannot send", errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

// What arrives until the end, or that many bytes. Throws where it is reset, or nothing comes in time.
inline std::string receive(const UniqueFd& socket, std::size_t most = std::string::npos) {
    std::string out;
    char bytes[65536];
    while (out.size() < most) {
        const ssize_t n = ::recv(socket.get(), bytes, std::min(sizeof bytes, most - out.size()), 0);
        if (n == 0) break;
        if (n < 0) throw errno_error("cannot receive", errno);
        out.append(bytes, static_cast<std::size_t>(n));
    }
    return out;
}

// 0: it ended in good order; else what the kernel says.
inline int end_of(const UniqueFd& socket) {
    char byte = 0;
    ssize_t n = 0;
    while ((n = ::recv(socket.get(), &byte, 1, 0)) > 0) {
    }
    return n == 0 ? 0 : errno;
}

inline void reset_now(UniqueFd& socket) {
    const linger at_once{1, 0};
    ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    socket.reset();
}

// Serves each connection in a thread of its own.
class Server {
public:
    using Handler = std::function<void(UniqueFd connection)>;
    explicit Server(Handler handler) : Server(std::move(handler), listen_on_loopback()) {}
    Server(Handler handler, UniqueFd listener) : Server(std::move(handler), Listening{std::move(listener), 0}) {}
    Server(const Server&) = delete;
    ~Server() {
        stop_.write.reset();
        acceptor_.join();
        for (auto& thread : threads_) thread.join();
    }
    int port() const { return port_; }
    int count() const { return count_; }

private:
    Server(Handler handler, Listening listening)
        : handler_(std::move(handler)), listener_(std::move(listening.socket)), port_(listening.port) {
        acceptor_ = std::thread([this] { accept(); });
    }
    void accept() {
        for (;;) {
            pollfd fds[2] = {{stop_.read.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
            ::poll(fds, 2, -1);
            if (fds[0].revents != 0) return;
            const int connection = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
            limit_waits(connection);
            ++count_;
            threads_.emplace_back([this, connection] {
                try {
                    handler_(UniqueFd(connection));
                } catch (const Error&) {  // the test sees the other side of it
                }
            });
        }
    }

    Handler handler_;
    UniqueFd listener_;
    int port_;
    Pipe stop_ = make_pipe();
    std::atomic<int> count_ = 0;
    std::list<std::thread> threads_;
    std::thread acceptor_;
};

inline void echo(UniqueFd connection) {
    for (;;) {
        const std::string bytes = receive(connection, 1);
        if (bytes.empty()) return;
        std::string more(65536, '\0');
        const ssize_t n = ::recv(connection.get(), more.data(), more.size(), MSG_DONTWAIT);
        send_all(connection, bytes + more.substr(0, n > 0 ? static_cast<std::size_t>(n) : 0));
    }
}

// What the server at that port sends back of these bytes, all of them sent and the half ended; or what went wrong.
inline std::string echoed(int port, const std::string& bytes) {
    const UniqueFd socket = connect_or_throw(port);
    std::thread writer([&] {
        try {
            send_all(socket, bytes);
        } catch (const Error&) {  // seen by who reads
        }
        ::shutdown(socket.get(), SHUT_WR);
    });
    std::string got;
    try {
        got = receive(socket);
    } catch (const Error& error) {
        got = error.what();
    }
    writer.join();
    return got;
}

// Sends in pieces of random sizes while it reads, ends its half, and reads to the end.
inline std::string exchange(const UniqueFd& socket, std::string_view bytes, unsigned seed) {
    std::string got;
    std::thread reader([&] {
        try {
            got = receive(socket);
        } catch (const Error& error) {
            got = error.what();
        }
    });
    std::mt19937 random(seed);
    while (!bytes.empty()) {
        const auto piece = bytes.substr(0, 1 + random() % 100'000);
        send_all(socket, piece);
        bytes.remove_prefix(piece.size());
    }
    ::shutdown(socket.get(), SHUT_WR);
    reader.join();
    return got;
}

}  // namespace isag::test
