// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "proto/init.hpp"
#include "proto/wire.hpp"
#include "tests/support/temp_folder.hpp"
#include <chrono>
#include <cstring>
#include <doctest/doctest.h>
#include <functional>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace isag::test {

inline constexpr int patience = 20000;  // milliseconds until a test gives up waiting

inline void wait_readable(int fd) {
    pollfd watched{fd, POLLIN, 0};
    REQUIRE_MESSAGE(::poll(&watched, 1, patience) == 1, "nothing came in time");
}

// What comes out of it until it ends, or until the text holds `last`. A hung-up terminal (EIO) is an end.
inline std::string read_until(const UniqueFd& fd, const std::string& last = {}) {
    std::string text;
    char bytes[65536];
    while (last.empty() || text.find(last) == std::string::npos) {
        wait_readable(fd.get());
        const ssize_t n = ::read(fd.get(), bytes, sizeof bytes);
        if (n <= 0) break;
        text.append(bytes, static_cast<std::size_t>(n));
    }
    return text;
}

inline void write_text(const UniqueFd& fd, const std::string& text) {
    REQUIRE(::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
}

struct Started {
    std::int64_t process = 0;
    std::vector<UniqueFd> streams;
};

// The daemon's side of init's socket, and the real init as a child of the test: an ordinary one, or as PID 1 of a
// namespace by unshare(1).
class FakeDaemon {
public:
    FakeDaemon() { listen(); }

    void listen() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, socket_path().c_str(), sizeof address.sun_path - 1);
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
    }

    // As when the daemon dies: neither the connection nor the socket is there any more.
    void die() {
        hang_up();
        listener_.reset();
        ::unlink(socket_path().c_str());
    }

    void hang_up() {
        connection_.reset();
        wire_ = proto::Wire();
    }

    void start(std::vector<std::string> before = {}) {
        ChildOptions options;
        options.argv = std::move(before);
        options.argv.push_back(ISAG_INIT_PROGRAM);
        options.argv.push_back(socket_path());
        options.env = current_environment();
        options.env["FROM_THE_IMAGE"] = "kept";
        options.fds = {{2, 2}};
        init_.emplace(ChildProcess::start(options));
        greet();
    }

    void start_as_pid1() {
        start({"unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc", "--kill-child"});
    }

    // Takes the connection that init makes, and its first word.
    void greet() {
        wait_readable(listener_.get());
        connection_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        REQUIRE(connection_);
        const auto ready = next();
        REQUIRE(ready.message.method == "ready");
        CHECK(proto::from_json<proto::init::Ready>(*ready.message.payload, "ready")->protocol ==
              proto::protocol_version);
    }

    proto::Incoming next() {
        for (;;) {
            auto incoming = wire_.next();
            REQUIRE(incoming.has_value());
            if (*incoming) {
                take_note((*incoming)->message);
                return std::move(**incoming);
            }
            wait_readable(connection_.get());
            const auto outcome = wire_.read_some(connection_.get());
            REQUIRE(outcome.has_value());
            REQUIRE(*outcome != proto::Wire::Io::closed);
        }
    }

    // Init closed the connection; whatever it still said is thrown away.
    void expect_closed() {
        char bytes[4096];
        do wait_readable(connection_.get());
        while (::recv(connection_.get(), bytes, sizeof bytes, 0) > 0);
        hang_up();
    }

    void send(const std::string& line) { send_bytes(line + "\n"); }
    void send_bytes(const std::string& bytes) {
        std::size_t sent = 0;
        while (sent < bytes.size()) {
            const ssize_t n = ::send(connection_.get(), bytes.data() + sent, bytes.size() - sent, MSG_NOSIGNAL);
            if (n < 0) return;  // init hung up on us
            sent += static_cast<std::size_t>(n);
        }
    }

    proto::Incoming ask(const std::string& method, const nlohmann::json& params) {
        send(proto::request_line(++id_, method, params));
        auto reply = next();
        CHECK(reply.message.id == id_);
        return reply;
    }
    proto::Message ask(const proto::init::Spawn& request, std::vector<UniqueFd>& streams) {
        auto reply = ask("spawn", proto::to_json(request));
        streams = std::move(reply.fds);
        return reply.message;
    }

    Started spawn(const proto::init::Spawn& request) {
        Started started;
        const auto reply = ask(request, started.streams);
        REQUIRE_MESSAGE(reply.type == proto::Message::Type::result, (reply.failure ? reply.failure->message() : ""));
        started.process = proto::from_json<proto::init::Spawned>(*reply.payload, "spawned")->process;
        return started;
    }
    Started spawn(std::vector<std::string> argv, bool is_main = false) {
        proto::init::Spawn request;
        request.argv = std::move(argv);
        request.main = is_main;
        return spawn(request);
    }
    Started shell(const std::string& script, bool is_main = false) { return spawn({"sh", "-c", script}, is_main); }

    Error refused(const proto::init::Spawn& request) {
        std::vector<UniqueFd> streams;
        const auto reply = ask(request, streams);
        REQUIRE(reply.type == proto::Message::Type::error);
        CHECK(streams.empty());
        return *reply.failure;
    }

    void kill(std::int64_t process, int number) {
        const proto::init::Kill message{.process = process, .signal = number};
        send(proto::notification_line("kill", proto::to_json(message)));
    }

    proto::init::Ended ended() {
        const auto incoming = next();
        REQUIRE(incoming.message.method == "ended");
        return *proto::from_json<proto::init::Ended>(*incoming.message.payload, "ended");
    }

    ChildProcess& init() { return *init_; }
    // Waits until init itself ended, taking note of what it still says.
    ExitStatus exit() {
        while (connection_) {
            const auto incoming = wire_.next();
            REQUIRE(incoming.has_value());
            if (*incoming) {
                take_note((*incoming)->message);
                continue;
            }
            wait_readable(connection_.get());
            const auto outcome = wire_.read_some(connection_.get());
            if (!outcome || *outcome == proto::Wire::Io::closed) hang_up();
        }
        wait_readable(init_->pidfd().get());
        return init_->wait();
    }

    bool takes_note = true;  // of ends

private:
    void take_note(const proto::Message& message) {
        if (!takes_note || message.method != "ended") return;
        const auto ended = proto::from_json<proto::init::Ended>(*message.payload, "ended");
        send(proto::notification_line("taken", proto::to_json(proto::init::Taken{ended->process})));
    }
    std::string socket_path() const { return folder_ / "init.sock"; }

    TempFolder folder_;
    UniqueFd listener_;
    UniqueFd connection_;
    proto::Wire wire_;
    std::int64_t id_ = 0;
    std::optional<ChildProcess> init_;
};

}  // namespace isag::test
