// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/port_holder.hpp"
#include <doctest/doctest.h>

namespace isag::api {
namespace {

sandbox::HeldListener held_by(const std::string& name, std::uint16_t port) {
    return {{"127.0.0.1", port, 1000, 7}, Holder{42, name}};
}

proto::Forward remote_at(std::int64_t port, proto::Endpoint to) {
    proto::Forward out;
    out.kind = "remote";
    out.listen.port = port;
    out.to = std::move(to);
    return out;
}

}  // namespace

TEST_CASE("who has a port inside: the program that listens, else the client whose forward it is") {
    std::vector<sandbox::HeldListener> listeners{held_by("node", 7000)};
    listeners.push_back({{"127.0.0.1", 7003, 1000, 8}, std::nullopt});
    std::vector<proto::Forward> forwards{remote_at(7001, {"", 5037, {}}), remote_at(7002, {{}, 0, "/run/x.sock"})};
    forwards.push_back(remote_at(7004, {"", 80, {}}));
    forwards.back().kind = "local";
    const auto holder = [&](std::int64_t port) { return inner_port_holder(listeners, forwards, port).value_or("?"); };
    CHECK(holder(7000) == "node");
    CHECK(holder(7001) == "another 'isag ssh -R', which leads to this machine's localhost port 5037");
    CHECK(holder(7002) == "another 'isag ssh -R', which leads to this machine's /run/x.sock");
    CHECK(holder(7003) == "?");
    CHECK(holder(7004) == "?");
    CHECK(holder(80) == "?");
}

}  // namespace isag::api
