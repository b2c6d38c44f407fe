// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/protocol.hpp"
#include "proto/wire.hpp"
#include <cstring>
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>

namespace isag::test {

// Speaks to a running isagd as isag does, for what no command of isag shows by itself.
class IsagdClient {
public:
    explicit IsagdClient(const std::filesystem::path& socket)
        : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, socket.c_str(), sizeof address.sun_path - 1);
        REQUIRE(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
        ask("hello", {{"protocol", proto::client_protocol}, {"version", "test"}});
    }

    // The answer; notifications before it are passed over.
    proto::Incoming ask(const std::string& method, const nlohmann::json& params) {
        const std::string line = proto::request_line(++id_, method, params) + "\n";
        REQUIRE(::send(socket_.get(), line.data(), line.size(), MSG_NOSIGNAL) == std::ssize(line));
        for (;;) {
            auto incoming = next();
            if (incoming.message.type != proto::Message::Type::notification) return incoming;
        }
    }
    proto::Incoming next() {
        for (;;) {
            auto incoming = wire_.next();
            REQUIRE(incoming.has_value());
            if (*incoming) return std::move(**incoming);
            pollfd readable{socket_.get(), POLLIN, 0};
            REQUIRE_MESSAGE(::poll(&readable, 1, 30000) == 1, "isagd says nothing");
            REQUIRE(*wire_.read_some(socket_.get()) == proto::Wire::Io::progress);
        }
    }

private:
    UniqueFd socket_;
    proto::Wire wire_;
    std::int64_t id_ = 0;
};

}  // namespace isag::test
