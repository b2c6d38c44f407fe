// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/mode.hpp"
#include <cstdint>
#include <string>
#include <string_view>

// The packet filter of a sandbox's network namespace (ARCHITECTURE.md, security.md N5 to N7). Pure.
namespace isag::gate {

inline constexpr std::string_view table_name = "isag";
inline constexpr std::uint16_t log_group = 7117;  // of NFLOG; groups belong to the namespace
inline constexpr std::uint32_t log_bytes = 128;   // of a packet

// Names of counters.
inline constexpr std::string_view counter_accepted = "accepted";
inline constexpr std::string_view counter_refused = "refused";
inline constexpr std::string_view counter_refused_inbound = "refused_inbound";

struct RuleInput {
    std::uint32_t mark = 0;        // of the gate's own sockets
    std::uint16_t dns_port = 0;    // udp and tcp, at 127.0.0.1 and, with ipv6, ::1
    std::uint16_t relay_port = 0;  // tcp, at 127.0.0.1
    Mode mode = Mode::limited;     // not open
    bool ipv6 = false;             // there is a ::1
};

// One table for nft(8). Loading it replaces an older one in one step.
std::string ruleset(const RuleInput& input);

}  // namespace isag::gate
