// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/memory.hpp"
#include "daemon/gate/settings.hpp"
#include <boost/asio/system_executor.hpp>

namespace isag::test {

inline gate::Shared make_shared_state() {
    return {.executor = boost::asio::system_executor(),
            .mark = 1,
            .policy = {},
            .names = gate::Names(gate::make_memory("names")),
            .events = {},
            .learn = false,
            .resolvers = {},
            .own_addresses = {},
            .siblings = {}};
}

inline proto::gate::Configure sample_configuration() {
    proto::gate::Configure out;
    out.rules = {{"Example.com", {443, 80}, false}, {"*.example.org", {}, true}};
    out.resolvers = {{"198.51.100.1", 53}, {"2001:db8::1", 5353}};
    out.own_addresses = {"203.0.113.9", "2001:db8::7"};
    out.siblings = {{"db", {"10.77.0.9", "fd77::9"}}, {"no name!", {"10.77.0.8"}}};
    return out;
}

}  // namespace isag::test
