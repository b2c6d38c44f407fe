// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/rules.hpp"
#include <algorithm>
#include <map>

namespace isag::gate {
namespace {

// - names: before the engine's own NAT chain, at -100. It sees the first packet of a connection only.
// - output: what a packet that leaves must be. The connection's state never lets an unmarked packet through: an agent
//   may take the port of a socket that the gate closed, and would ride on its entry in the connection table. The state
//   counts for marked ones alone, which the kernel sends for a closed socket of the gate's, without its owner.
//   Redirected packets still carry the uplink as their interface, so they are known by their state.
//   Nobody but the kernel makes neighbour discovery, resets and ICMP errors: raw sockets need a capability that nothing
//   in the namespace has but the gate. The reset that answers a knock from outside passes; kernel's other ones, for
//   sockets that are gone, are no refusal of the agent's. Neither are multicast reports, which an agent might use to
//   tell its neighbours something: they stay inside.
// - input: nobody outside reaches a server in the sandbox. TCP gets a reset, so that nobody waits; the rest is dropped
//   without an answer, as an answer would only tell a neighbour what it can't reach, and nobody waits for one.
constexpr std::string_view table = R"(table inet isag
delete table inet isag
table inet isag {
    counter accepted {
    }
    counter refused {
    }
    counter refused_inbound {
    }

    chain names {
        type nat hook output priority -110; policy accept;
        meta mark @MARK meta skuid 0 return
        @FAMILY meta l4proto { tcp, udp } th dport 53 redirect to :@DNS
        ip daddr 198.18.0.0/15 meta l4proto tcp redirect to :@RELAY
        @LEARN
    }

    chain output {
        type filter hook output priority filter; policy drop;
        ip daddr 198.18.0.0/15 jump refuse
        meta mark @MARK meta skuid 0 counter name accepted accept
        meta mark @MARK meta l4proto tcp ct state established counter name accepted accept
        ip daddr 127.0.0.11 jump refuse
        ip daddr 127.0.0.1 meta l4proto { tcp, udp } th dport { @DNS, @RELAY } ct status dnat accept
        ip daddr 127.0.0.1 meta l4proto { tcp, udp } th dport { @DNS, @RELAY } jump refuse
        ip6 daddr ::1 meta l4proto { tcp, udp } th dport @DNS ct status dnat accept
        ip6 daddr ::1 meta l4proto { tcp, udp } th dport @DNS jump refuse
        oif lo accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } ip6 hoplimit 255 accept
        icmpv6 type { nd-router-solicit, mld-listener-report, mld-listener-done, mld2-listener-report } drop
        tcp flags & rst == rst ct state related ct direction reply accept
        tcp flags & syn == 0 drop
        icmp type { destination-unreachable, time-exceeded, parameter-problem } drop
        icmpv6 type { destination-unreachable, packet-too-big, time-exceeded, parameter-problem } drop
        jump refuse
    }

    chain refuse {
        limit rate 50/second burst 100 packets log group @GROUP snaplen @BYTES
        meta l4proto tcp counter name refused reject with tcp reset
        counter name refused reject with icmpx admin-prohibited
    }

    chain input {
        type filter hook input priority filter; policy drop;
        iif lo accept
        ct state established accept
        meta l4proto { icmp, icmpv6 } ct state related accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } ip6 hoplimit 255 accept
        meta l4proto tcp counter name refused_inbound reject with tcp reset
        counter name refused_inbound drop
    }

    chain forward {
        type filter hook forward priority filter; policy drop;
    }
}
)";

}  // namespace

std::string ruleset(const RuleInput& input) {
    const std::map<std::string_view, std::string> values = {
        {"MARK", std::to_string(input.mark)},
        {"DNS", std::to_string(input.dns_port)},
        {"RELAY", std::to_string(input.relay_port)},
        {"FAMILY", input.ipv6 ? "" : "meta nfproto ipv4"},
        // What stays inside (a server of the agent's at the sandbox's own address) is not for the relay.
        {"LEARN", input.mode == Mode::learn
                      ? "oif != lo meta nfproto ipv4 meta l4proto tcp redirect to :" + std::to_string(input.relay_port)
                      : ""},
        {"GROUP", std::to_string(log_group)},
        {"BYTES", std::to_string(log_bytes)},
    };
    std::string out;
    for (std::size_t at = 0; at < table.size();) {
        const std::size_t hole = std::min(table.find('@', at), table.size());
        out += table.substr(at, hole - at);
        if (hole == table.size()) break;
        const std::size_t end = table.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ", hole + 1);
        out += values.at(table.substr(hole + 1, end - hole - 1));
        at = end;
    }
    return out;
}

}  // namespace isag::gate
