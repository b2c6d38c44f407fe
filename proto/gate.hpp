// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include "proto/fields.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What isagd and isag-gate say to each other, over a socket in a folder that is mounted read-only into the gate's
// container. The gate dials, and says "ready" first; after an isagd ended it dials the next one. The same rules hold as
// between client and daemon.
namespace isag::proto::gate {

// Where the gate finds the socket, and itself, inside.
inline constexpr const char* mount_folder = "/.isag/run";
inline constexpr const char* socket_name = "gate.sock";
inline constexpr const char* program_path = "/isag-gate";
// The address that sandboxes ask their names of, and of http://isag.internal/: the first of 198.18.0.0/15. Port 53 is
// redirected whatever the address.
inline constexpr const char* own_address = "198.18.0.1";
inline constexpr const char* own_name = "isag.internal";

// "ready", gate to daemon: the rules are loaded and were tested, or there are none (open).
struct Ready {
    std::int64_t protocol = 0;
    std::int64_t network_namespace = 0;  // its inode, as readlink(2) shows it in /proc/<pid>/ns/net
    bool limited = false;                // rules are loaded
    bool configured = false;             // it was configured before, by this isagd or the last
};
template <class F>
void fields(F& f, Ready& m) {
    f("protocol", m.protocol);
    f("network_namespace", m.network_namespace);
    f("limited", m.limited);
    f("configured", m.configured);
}

// One line of an allowlist, or of a live change.
struct Rule {
    std::string name;                 // "example.com", "*.example.com"
    std::vector<std::int64_t> ports;  // none: any
    bool allow_private = false;       // the name may stand for a private address (security.md N4)
};
template <class F>
void fields(F& f, Rule& m) {
    f("name", m.name);
    f("ports", m.ports);
    f("allow_private", m.allow_private);
}

struct Resolver {
    std::string address;  // IPv4 or IPv6
    std::int64_t port = 53;
};
template <class F>
void fields(F& f, Resolver& m) {
    f("address", m.address);
    f("port", m.port);
}

// A container on one of the sandbox's external_networks: reachable by its name at these addresses, on any port.
struct Sibling {
    std::string name;
    std::vector<std::string> addresses;
};
template <class F>
void fields(F& f, Sibling& m) {
    f("name", m.name);
    f("addresses", m.addresses);
}

// "configure", daemon to gate -> Nothing. Replaces what was before, live changes too.
struct Configure {
    std::vector<Rule> rules;
    std::vector<Resolver> resolvers;         // in the order in which they are asked
    std::vector<std::string> own_addresses;  // the host's: refused as answers, whatever their range
    std::vector<Sibling> siblings;
    bool learn = false;  // every public name is let through, and recorded
};
template <class F>
void fields(F& f, Configure& m) {
    f("rules", m.rules);
    f("resolvers", m.resolvers);
    f("own_addresses", m.own_addresses);
    f("siblings", m.siblings);
    f("learn", m.learn);
}

// "siblings", a notification to the gate: who is on the external networks now.
struct Siblings {
    std::vector<Sibling> siblings;
};
template <class F>
void fields(F& f, Siblings& m) {
    f("siblings", m.siblings);
}

// "change", daemon to gate -> Changed: a live rule. The newest live rule that fits a name and port decides, before the
// configured ones. One for the same name and ports replaces the older.
struct Change {
    bool allow = false;
    Rule rule;
    std::optional<std::int64_t> seconds;  // it ends by itself after that long
};
template <class F>
void fields(F& f, Change& m) {
    f("allow", m.allow);
    f("rule", m.rule);
    f("seconds", m.seconds);
}

struct Changed {
    std::int64_t cut = 0;  // connections that were open and are not allowed any more
};
template <class F>
void fields(F& f, Changed& m) {
    f("cut", m.cut);
}

// "check", daemon to gate -> Checked: what would become of a connection.
struct Check {
    std::string name;  // as a person wrote it
    std::int64_t port = 443;
};
template <class F>
void fields(F& f, Check& m) {
    f("name", m.name);
    f("port", m.port);
}

struct Checked {
    bool allowed = false;
    std::string rule;  // that decided; empty: none did
    std::string why;   // one line
};
template <class F>
void fields(F& f, Checked& m) {
    f("allowed", m.allowed);
    f("rule", m.rule);
    f("why", m.why);
}

// "show", daemon to gate: Nothing -> State.
struct RuleState {
    bool allow = true;
    bool live = false;  // set while the sandbox runs; else from isag.yaml
    Rule rule;
    std::optional<std::int64_t> seconds_left;
};
template <class F>
void fields(F& f, RuleState& m) {
    f("allow", m.allow);
    f("live", m.live);
    f("rule", m.rule);
    f("seconds_left", m.seconds_left);
}

struct NameState {
    std::string name;
    std::string address;           // synthetic
    std::int64_t connections = 0;  // open ones
};
template <class F>
void fields(F& f, NameState& m) {
    f("name", m.name);
    f("address", m.address);
    f("connections", m.connections);
}

struct State {
    bool limited = false;
    bool learn = false;
    std::vector<RuleState> rules;  // in the order in which they are asked
    std::vector<NameState> names;  // that the sandbox has asked for; at most 1024
    std::vector<Resolver> resolvers;
    std::vector<Sibling> siblings;
    std::int64_t refused = 0;     // since the gate's start
    std::int64_t bytes_sent = 0;  // by the sandbox
    std::int64_t bytes_received = 0;
    std::string ruleset;  // as nft(8) prints it
};
template <class F>
void fields(F& f, State& m) {
    f("limited", m.limited);
    f("learn", m.learn);
    f("rules", m.rules);
    f("names", m.names);
    f("resolvers", m.resolvers);
    f("siblings", m.siblings);
    f("refused", m.refused);
    f("bytes_sent", m.bytes_sent);
    f("bytes_received", m.bytes_received);
    f("ruleset", m.ruleset);
}

// "connect", daemon to gate -> Nothing with one descriptor: a TCP socket of the sandbox's network, connected,
// non-blocking and without the gate's mark, so that it reaches what the agent itself reaches. "" and "localhost" are
// 127.0.0.1, and where that refuses ::1. A name is answered as the gate's DNS answers it; in mode open the container's
// nameservers are asked. A target that refuses, or that is refused, is an error of kind not_found; one that is silent
// is so after 10 s. Answers come in the order in which they are ready.
struct Connect {
    std::string host;  // a name or an address
    std::int64_t port = 0;
};
template <class F>
void fields(F& f, Connect& m) {
    f("host", m.host);
    f("port", m.port);
}

// "sockets", daemon to gate -> Nothing with that many descriptors: TCP sockets of the sandbox's network over IPv4, not
// connected, non-blocking and without the gate's mark. Who holds one connects it (connect(2)) as the agent would: for
// what is near, that is quicker than to ask.
struct Sockets {
    std::int64_t count = 0;  // 1 to 8
};
template <class F>
void fields(F& f, Sockets& m) {
    f("count", m.count);
}

// "listen", daemon to gate -> Listening with a listening socket, or two, which the gate does not keep: they close with
// their last holder. "" and "localhost" are 127.0.0.1 and, where the sandbox has IPv6, ::1; "*" is every address (which
// only the sandbox itself reaches: the rules let nobody in); else one address.
struct Listen {
    std::string host;
    std::int64_t port = 0;  // 0: any
};
template <class F>
void fields(F& f, Listen& m) {
    f("host", m.host);
    f("port", m.port);
}

struct Listening {
    std::int64_t port = 0;  // that it got
};
template <class F>
void fields(F& f, Listening& m) {
    f("port", m.port);
}

// "events", a notification from the gate: what was refused and what was allowed, alike ones added up. Kept and told
// later while no isagd is there, as far as there is room.
struct Event {
    std::int64_t time = 0;  // of the last one, milliseconds since the epoch
    bool allowed = false;
    std::string protocol;   // "dns", "tcp", "tls", "http", "udp", "icmp", ...: where it was decided; "gate": of itself
    std::string target;     // a name, or an address; printable
    std::int64_t port = 0;  // 0: none
    std::string why;        // one line
    std::int64_t count = 1;
};
template <class F>
void fields(F& f, Event& m) {
    f("time", m.time);
    f("allowed", m.allowed);
    f("protocol", m.protocol);
    f("target", m.target);
    f("port", m.port);
    f("why", m.why);
    f("count", m.count);
}

struct Events {
    std::vector<Event> events;
    std::int64_t refused = 0;    // in all since the gate's start, those not told one by one included
    std::int64_t forgotten = 0;  // not told one by one since the last message: there were too many different ones
};
template <class F>
void fields(F& f, Events& m) {
    f("events", m.events);
    f("refused", m.refused);
    f("forgotten", m.forgotten);
}

// "totals", daemon to gate: Nothing -> Totals. What "events" have told since the worker's start, to whom it may be,
// added up by target and port; of each at most 256, the most frequent. The latest refusals, 256 at most, come as they
// were told as well. Events that an earlier isagd may not have read come first.
struct Totals {
    std::vector<Event> refused;
    std::vector<Event> allowed;
    std::optional<std::vector<Event>> latest;  // refused, the oldest first
    std::optional<std::int64_t> count;         // refused in all; an older gate tells neither
};
template <class F>
void fields(F& f, Totals& m) {
    f("refused", m.refused);
    f("allowed", m.allowed);
    f("latest", m.latest);
    f("count", m.count);
}

}  // namespace isag::proto::gate
