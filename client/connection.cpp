// SPDX-License-Identifier: Apache-2.0
#include "client/connection.hpp"
#include "client/daemon_start.hpp"
#include "client/dial.hpp"
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "common/error.hpp"
#include "common/version.hpp"
#include "proto/hello.hpp"
#include "proto/protocol.hpp"
#include <cerrno>
#include <chrono>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::chrono::seconds handover_limit{5};

std::string log_of_ours() {
    const auto environment = current_environment();
    return daemon_log(environment, find_directories(environment, ::geteuid()));
}

}  // namespace

DaemonGone::DaemonGone() : Error("isagd closed the connection", "its log may tell why: " + log_of_ours()) {}

Connection::Connection(UniqueFd socket) : socket_(std::move(socket)) {
    daemon_pid_ = check_peer(socket_);
    greet();
}

Connection Connection::open(const Context& context) {
    // A daemon that hangs up before the handshake was ending already: the next one is asked.
    const auto until = std::chrono::steady_clock::now() + handover_limit;
    for (;;) {
        auto socket = dial(context.directories.socket());
        try {
            return Connection(socket ? std::move(*socket) : start_daemon(context));
        } catch (const DaemonGone&) {
            if (std::chrono::steady_clock::now() >= until) throw;
        }
        ::poll(nullptr, 0, 20);
    }
}

std::optional<Connection> Connection::open_running(const Context& context) {
    auto socket = dial(context.directories.socket());
    if (!socket) return std::nullopt;
    return Connection(std::move(*socket));
}

proto::Hello check_hello(const nlohmann::json& answer, long daemon_pid) {
    auto theirs = proto::read_hello(answer).value();
    if (auto problem = proto::disagreement({proto::client_protocol, version}, theirs, daemon_pid)) throw *problem;
    return theirs;
}

void Connection::greet() {
    const proto::Hello ours{proto::client_protocol, version};
    const auto answer = exchange("hello", proto::to_json(ours), {});
    daemon_version_ = check_hello(*answer.message.payload, daemon_pid_).version;
}

short Connection::wanted_events() const { return static_cast<short>(POLLIN | (wire_.has_output() ? POLLOUT : 0)); }

void Connection::advance() {
    wire_.flush(socket_.get());  // a peer that is gone shows when reading
    while (!ended_) {
        const auto io = wire_.read_some(socket_.get()).value();
        if (io == proto::Wire::Io::would_block) return;
        if (io == proto::Wire::Io::closed) ended_ = true;
    }
}

std::optional<proto::Incoming> Connection::next() {
    auto incoming = wire_.next().value();
    if (!incoming && ended_) throw DaemonGone();
    return incoming;
}

void Connection::wait(Signals* signals) {
    pollfd fds[2] = {{socket_.get(), wanted_events(), 0}, {signals ? signals->fd() : -1, POLLIN, 0}};
    if (::poll(fds, 2, -1) < 0 && errno != EINTR) throw errno_error("cannot wait for isagd", errno);
    if (signals && fds[1].revents) signals->check();
}

proto::Incoming Connection::exchange(const std::string& method, const nlohmann::json& params,
                                     const CallOptions& options) {
    const std::int64_t id = ++last_id_;
    wire_.queue(proto::request_line(id, method, params));
    for (;;) {
        advance();
        while (auto incoming = next()) {
            const proto::Message& message = incoming->message;
            if (message.type == proto::Message::Type::notification) {
                if (options.on_notification) options.on_notification(message);
            } else if (message.id != id || message.type == proto::Message::Type::request) {
                throw Error("isagd answered something that was not asked", "are isag and isagd of the same version?");
            } else if (message.type == proto::Message::Type::error) {
                throw *message.failure;
            } else {
                if (options.fds) *options.fds = std::move(incoming->fds);
                return std::move(*incoming);
            }
        }
        wait(options.signals);
    }
}

proto::Incoming Connection::receive() {
    for (;;) {
        advance();
        if (auto incoming = next()) return std::move(*incoming);
        wait(nullptr);
    }
}

void Connection::send_notification(const std::string& method, const nlohmann::json& params) {
    wire_.queue(proto::notification_line(method, params));
    wire_.flush(socket_.get());
}

}  // namespace isag
