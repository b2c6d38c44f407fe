// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <cstring>
#include <filesystem>
#include <functional>
#include <list>
#include <mutex>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>
#include <unistd.h>
#include <utility>
#include <vector>

namespace isag::test {

struct FakeRequest {
    std::string method;
    std::string target;  // with its "/v1.41" and query
    std::string body;
    // "GET /containers/json", without version and query.
    std::string line() const {
        std::string path = target.substr(0, target.find('?'));
        if (path.starts_with("/v1.")) path.erase(0, path.find('/', 1));
        return method + " " + path;
    }
};

// One connection to the fake engine: what a script answers, down to the bytes.
class FakeExchange {
public:
    explicit FakeExchange(int socket) : socket_(socket) {}

    void send(std::string_view bytes) {
        while (!bytes.empty()) {
            const ssize_t n = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
            if (n <= 0) return;
            bytes.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    void answer(int status, const std::string& body) {
        send("HTTP/1.1 " + std::to_string(status) + " X\r\nContent-Type: application/json\r\nContent-Length: " +
             std::to_string(body.size()) + "\r\n\r\n" + body);
    }
    // A chunked answer, each piece in a chunk and a segment of its own.
    void stream(int status, const std::vector<std::string>& pieces) {
        send("HTTP/1.1 " + std::to_string(status) + " X\r\nTransfer-Encoding: chunked\r\n\r\n");
        for (const auto& piece : pieces) {
            char size[32];
            std::snprintf(size, sizeof size, "%zx\r\n", piece.size());
            send(size + piece + "\r\n");
        }
        send("0\r\n\r\n");
    }
    void close() { ::shutdown(socket_, SHUT_RDWR); }
    // Until the other end has closed, 20 s at most.
    bool wait_closed() {
        char byte;
        pollfd fd{socket_, POLLIN, 0};
        return ::poll(&fd, 1, 20'000) == 1 && ::recv(socket_, &byte, 1, MSG_PEEK) <= 0;
    }

private:
    int socket_;
};

// A container engine's HTTP on a unix socket, whose answers a script gives. Each connection has a thread.
class FakeEngine {
public:
    using Script = std::function<void(const FakeRequest&, FakeExchange&)>;

    FakeEngine(std::filesystem::path socket, Script script) : path_(std::move(socket)), script_(std::move(script)) {
        listen();
    }
    FakeEngine(const FakeEngine&) = delete;
    ~FakeEngine() { stop(); }

    // As when the engine ends; listen() starts it again.
    void stop() {
        if (!accepting_.joinable()) return;
        ::shutdown(listener_.get(), SHUT_RDWR);
        accepting_.join();
        close_connections();
        for (auto& connection : connections_) connection.thread.join();
        connections_.clear();
        listener_.reset();
        ::unlink(path_.c_str());
    }
    void listen() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_.get(), 16) != 0)
            throw Error("cannot listen on " + path_.string());
        accepting_ = std::thread([this] { accept(); });
    }
    // Every connection ends, new ones are welcome.
    void close_connections() {
        const std::lock_guard lock(mutex_);
        for (auto& connection : connections_) ::shutdown(connection.socket.get(), SHUT_RDWR);
    }

    const std::filesystem::path& path() const { return path_; }
    std::vector<std::string> asked() const {
        const std::lock_guard lock(mutex_);
        return asked_;
    }
    std::size_t accepted() const {
        const std::lock_guard lock(mutex_);
        return connections_.size();
    }

private:
    struct Connection {
        UniqueFd socket;
        std::thread thread;
    };

    void accept() {
        for (;;) {
            UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!socket) return;
            const std::lock_guard lock(mutex_);
            auto& connection = connections_.emplace_back();
            connection.socket = std::move(socket);
            connection.thread = std::thread([this, fd = connection.socket.get()] { serve(fd); });
        }
    }

    void serve(int socket) {
        std::string input;
        FakeRequest request;
        FakeExchange exchange(socket);
        while (read_request(socket, input, request)) {
            {
                const std::lock_guard lock(mutex_);
                asked_.push_back(request.line());
            }
            script_(request, exchange);
        }
        ::shutdown(socket, SHUT_RDWR);
    }

    static bool read_more(int socket, std::string& input) {
        char bytes[65536];
        const ssize_t n = ::recv(socket, bytes, sizeof bytes, 0);
        if (n > 0) input.append(bytes, static_cast<std::size_t>(n));
        return n > 0;
    }
    static bool read_until(int socket, std::string& input, std::size_t size) {
        while (input.size() < size)
            if (!read_more(socket, input)) return false;
        return true;
    }
    static bool read_line(int socket, std::string& input, std::string& line, const std::string& end) {
        while (input.find(end) == std::string::npos)
            if (!read_more(socket, input)) return false;
        line = input.substr(0, input.find(end));
        input.erase(0, line.size() + end.size());
        return true;
    }
    static bool read_request(int socket, std::string& input, FakeRequest& request) {
        std::string head;
        if (!read_line(socket, input, head, "\r\n\r\n")) return false;
        const auto space = head.find(' ');
        request = {head.substr(0, space), head.substr(space + 1, head.find(' ', space + 1) - space - 1), {}};
        if (head.find("Transfer-Encoding: chunked") != std::string::npos)
            return read_chunks(socket, input, request.body);
        const auto length = head.find("Content-Length: ");
        const std::size_t size = length == std::string::npos ? 0 : std::stoul(head.substr(length + 16));
        if (!read_until(socket, input, size)) return false;
        request.body = input.substr(0, size);
        input.erase(0, size);
        return true;
    }
    static bool read_chunks(int socket, std::string& input, std::string& body) {
        for (std::string line; read_line(socket, input, line, "\r\n");) {
            const std::size_t size = std::stoul(line, nullptr, 16);
            if (!read_until(socket, input, size + 2)) return false;
            body += input.substr(0, size);
            input.erase(0, size + 2);
            if (size == 0) return true;
        }
        return false;
    }

    std::filesystem::path path_;
    Script script_;
    UniqueFd listener_;
    std::thread accepting_;
    mutable std::mutex mutex_;
    std::list<Connection> connections_;
    std::vector<std::string> asked_;
};

}  // namespace isag::test
