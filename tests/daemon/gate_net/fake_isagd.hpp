// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "proto/gate.hpp"
#include "proto/wire.hpp"
#include "tests/support/temp_folder.hpp"
#include <chrono>
#include <cstring>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace isag::test {

// isagd's side of the gate's socket, and the real gate as a child of the test, in the test's network namespace.
class FakeIsagd {
public:
    FakeIsagd() { listen(); }

    void listen() {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, socket_path().c_str(), sizeof address.sun_path - 1);
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
    }
    void die() {
        connection_.reset();
        wire_ = proto::Wire();
        listener_.reset();
        ::unlink(socket_path().c_str());
    }

    void start(const std::string& mode) {
        ChildOptions options;
        options.argv = {ISAG_GATE_PROGRAM, mode, socket_path()};
        options.env = current_environment();
        options.fds = {{2, 2}};
        gate_.emplace(ChildProcess::start(options));
    }

    // Takes the connection that the gate makes, and its first word.
    proto::gate::Ready greet() {
        connection_.reset();
        wire_ = proto::Wire();
        wait_readable(listener_.get());
        connection_.reset(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        REQUIRE(connection_);
        const auto first = next().message;
        REQUIRE(first.method == "ready");
        return *proto::from_json<proto::gate::Ready>(*first.payload, "ready");
    }

    template <class Answer, class Request>
    Answer ask(const std::string& method, const Request& request) {
        const auto reply = raw(method, proto::to_json(request));
        REQUIRE_MESSAGE(reply.type == proto::Message::Type::result, (reply.failure ? reply.failure->message() : ""));
        return *proto::from_json<Answer>(*reply.payload, method);
    }
    void configure(const proto::gate::Configure& configuration) {
        REQUIRE(raw("configure", proto::to_json(configuration)).type == proto::Message::Type::result);
    }
    proto::gate::State show() {
        const auto reply = raw("show", nlohmann::json::object());
        REQUIRE(reply.type == proto::Message::Type::result);
        return *proto::from_json<proto::gate::State>(*reply.payload, "show");
    }
    // The reply to it; events that come first are kept.
    proto::Message raw(const std::string& method, const nlohmann::json& params) {
        return with_descriptors(method, params).message;
    }
    proto::Incoming with_descriptors(const std::string& method, const nlohmann::json& params) {
        request(method, params);
        return reply();
    }
    // The two halves of it, for several requests at once; the request's number.
    std::int64_t request(const std::string& method, const nlohmann::json& params) {
        send(proto::request_line(++id_, method, params));
        return id_;
    }
    proto::Incoming reply() {
        for (;;) {
            auto incoming = next();
            if (incoming.message.type != proto::Message::Type::notification) return incoming;
            keep(incoming.message);
        }
    }
    void notify(const std::string& method, const nlohmann::json& params) {
        send(proto::notification_line(method, params));
    }
    // Waits for an event that fits.
    template <class Fits>
    proto::gate::Event event(Fits&& fits) {
        for (;;) {
            for (; !events_.empty(); events_.erase(events_.begin()))
                if (fits(events_.front())) return events_.front();
            keep(next().message);
        }
    }
    std::int64_t refused() const { return refused_; }

    bool knows(const std::string& name) {
        return ask<proto::gate::Checked>("check", proto::gate::Check{name, 443}).allowed;
    }
    ChildProcess& gate() { return *gate_; }
    std::string socket_path() const { return folder_ / "gate.sock"; }

private:
    static constexpr int patience = 20000;  // milliseconds

    void wait_readable(int fd) {
        pollfd watched{fd, POLLIN, 0};
        REQUIRE_MESSAGE(::poll(&watched, 1, patience) == 1, "nothing came in time");
    }
    void send(const std::string& line) {
        const std::string bytes = line + "\n";
        REQUIRE(::send(connection_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL) == std::ssize(bytes));
    }
    proto::Incoming next() {
        for (;;) {
            auto incoming = wire_.next();
            REQUIRE(incoming.has_value());
            if (*incoming) return std::move(**incoming);
            wait_readable(connection_.get());
            const auto outcome = wire_.read_some(connection_.get());
            REQUIRE(outcome.has_value());
            REQUIRE(*outcome != proto::Wire::Io::closed);
        }
    }
    void keep(const proto::Message& message) {
        REQUIRE(message.method == "events");
        auto told = *proto::from_json<proto::gate::Events>(*message.payload, "events");
        for (auto& event : told.events) events_.push_back(std::move(event));
        refused_ = told.refused;
    }

    TempFolder folder_;
    UniqueFd listener_;
    UniqueFd connection_;
    proto::Wire wire_;
    std::int64_t id_ = 0;
    std::int64_t refused_ = 0;
    std::vector<proto::gate::Event> events_;
    std::optional<ChildProcess> gate_;
};

}  // namespace isag::test
