// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/event_log.hpp"
#include "daemon/gate/names.hpp"
#include "daemon/gate/policy.hpp"
#include "daemon/gate/resolver_message.hpp"
#include "proto/gate.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace isag::gate {

// What the parts of a worker (DNS server, relays, page, line to isagd) work on. One thread; outlives them all.
struct Shared {
    boost::asio::any_io_executor executor;
    std::uint32_t mark = 0;  // SO_MARK of every socket that leaves the namespace (security.md N6)
    Policy policy;
    Names names;
    EventLog events;
    bool learn = false;
    std::vector<proto::gate::Resolver> resolvers;
    std::vector<dns::Address> own_addresses;                    // the host's
    std::map<std::string, std::vector<dns::Address>> siblings;  // by normalized name
    std::int64_t bytes_sent = 0;                                // by the sandbox, through relays
    std::int64_t bytes_received = 0;
};

}  // namespace isag::gate
