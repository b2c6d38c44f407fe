// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include "proto/gate.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What isag and isagd say to each other about a sandbox's network. Rules, events and states are the gate's own.
namespace isag::proto {

// Which sandbox: the one of that name or unique prefix; without a name the one that runs of the configuration.
struct Target {
    std::optional<std::string> name;
    ConfigSource config;
};
template <class F>
void fields(F& f, Target& m) {
    f("name", m.name);
    f("config", m.config);
}

}  // namespace isag::proto

namespace isag::proto::net {

// --- net.show: Target -> Shown ---

struct Shown {
    std::string sandbox;
    bool lost = false;  // its gate is gone: nothing is let through
    gate::State state;
};
template <class F>
void fields(F& f, Shown& m) {
    f("sandbox", m.sandbox);
    f("lost", m.lost);
    f("state", m.state);
}

// --- net.log: -> Log; with follow "net.event" (a gate::Event) and at the sandbox's end "net.ended" (Nothing) after ---

struct LogRequest {
    Target target;
    bool all = false;                   // the allowed ones too
    bool follow = false;                // until the client hangs up
    std::optional<std::int64_t> since;  // milliseconds since the epoch
    std::optional<std::int64_t> tail;   // the latest so many
};
template <class F>
void fields(F& f, LogRequest& m) {
    f("target", m.target);
    f("all", m.all);
    f("follow", m.follow);
    f("since", m.since);
    f("tail", m.tail);
}

struct Log {
    std::string sandbox;
    std::vector<gate::Event> events;  // the oldest first
    std::int64_t refused = 0;         // in all, those not told one by one included
    std::int64_t forgotten = 0;       // not told one by one
};
template <class F>
void fields(F& f, Log& m) {
    f("sandbox", m.sandbox);
    f("events", m.events);
    f("refused", m.refused);
    f("forgotten", m.forgotten);
}

// --- net.change: -> ChangeReply ---

struct ChangeRequest {
    Target target;
    bool allow = false;
    std::string domain;                   // as a person writes it, and as isag.yaml has it
    std::optional<std::int64_t> seconds;  // the change ends by itself after that long
    bool save = false;                    // to the sandbox's isag.yaml too; without a sandbox only there
};
template <class F>
void fields(F& f, ChangeRequest& m) {
    f("target", m.target);
    f("allow", m.allow);
    f("domain", m.domain);
    f("seconds", m.seconds);
    f("save", m.save);
}

// What became of the isag.yaml.
struct Saved {
    std::string file;
    bool changed = false;                // false: it says so already, or `problem`
    std::optional<std::string> problem;  // why it was not written
    std::optional<std::string> hint;
};
template <class F>
void fields(F& f, Saved& m) {
    f("file", m.file);
    f("changed", m.changed);
    f("problem", m.problem);
    f("hint", m.hint);
}

struct ChangeReply {
    std::string rule;                    // in its normal form
    std::optional<std::string> sandbox;  // where it holds now
    std::int64_t cut = 0;                // connections that were open and are not allowed any more
    std::optional<Saved> saved;
};
template <class F>
void fields(F& f, ChangeReply& m) {
    f("rule", m.rule);
    f("sandbox", m.sandbox);
    f("cut", m.cut);
    f("saved", m.saved);
}

// --- net.check: -> CheckReply ---

struct CheckRequest {
    Target target;
    std::string host;  // as a person wrote it: HOST or HOST:PORT
};
template <class F>
void fields(F& f, CheckRequest& m) {
    f("target", m.target);
    f("host", m.host);
}

struct CheckReply {
    std::optional<std::string> sandbox;  // that was asked; none: the file says so
    std::string name;
    std::int64_t port = 0;
    gate::Checked verdict;
};
template <class F>
void fields(F& f, CheckReply& m) {
    f("sandbox", m.sandbox);
    f("name", m.name);
    f("port", m.port);
    f("verdict", m.verdict);
}

// --- "net.summary", a notification before a run's "exited": what its network refused, and with learn what it used ---

struct Summary {
    std::vector<gate::Event> refusals;  // one a target and port, the most frequent first
    std::int64_t refused = 0;           // in all
    std::vector<std::string> remedies;  // the rules that would let it through, as far as a rule does
    bool learn = false;
    std::vector<std::string> learned;  // the rules that isag.yaml would need and does not have
    std::optional<Saved> saved;        // of the learned ones
};
template <class F>
void fields(F& f, Summary& m) {
    f("refusals", m.refusals);
    f("refused", m.refused);
    f("remedies", m.remedies);
    f("learn", m.learn);
    f("learned", m.learned);
    f("saved", m.saved);
}

}  // namespace isag::proto::net
