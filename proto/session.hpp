// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/api.hpp"
#include "proto/net.hpp"

// Connecting to what runs in a sandbox, and what remains of it. README.md in this folder shows each as JSON.
namespace isag::proto {

// --- attach: -> AttachReply with two descriptors as run's: the main program's terminal ---
// From then on the client's connection is a session's, as after run.

struct AttachRequest {
    Target target;
    TerminalSize terminal;
};
template <class F>
void fields(F& f, AttachRequest& m) {
    f("target", m.target);
    f("terminal", m.terminal);
}

struct AttachReply {
    std::string name;
    Session session;
    std::optional<std::string> config;  // isag.yaml
};
template <class F>
void fields(F& f, AttachReply& m) {
    f("name", m.name);
    f("session", m.session);
    f("config", m.config);
}

// "place", a notification to the client: where its stream of the terminal stands in the output. Behind the first
// `stream` bytes of it comes what the terminal printed from byte number `place` on, unless that is missing: then what
// comes is no output, or leaves some out.
struct Place {
    std::int64_t stream = 0;
    std::optional<std::int64_t> place;
};
template <class F>
void fields(F& f, Place& m) {
    f("stream", m.stream);
    f("place", m.place);
}

// --- resume: -> ResumeReply, with descriptors as attach's where `terminal` is there ---
// The session's isagd went away, this is the next one.

struct ResumeRequest {
    std::string sandbox;  // as Session has it
    std::int64_t process = 0;
    std::optional<TerminalSize> terminal;  // the session has the main program's terminal
    std::optional<std::int64_t> place;     // of which this much was shown
    std::optional<bool> types;             // false: another terminal did, which has its size
};
template <class F>
void fields(F& f, ResumeRequest& m) {
    f("sandbox", m.sandbox);
    f("process", m.process);
    f("terminal", m.terminal);
    f("place", m.place);
    f("types", m.types);
}

struct ResumeReply {
    std::optional<bool> goes_on;  // the stream does from that place: nothing is painted
};
template <class F>
void fields(F& f, ResumeReply& m) {
    f("goes_on", m.goes_on);
}

// "turn", a notification to the client: it is this terminal that types from now on, or another one.
struct Turn {
    bool yours = false;
};
template <class F>
void fields(F& f, Turn& m) {
    f("yours", m.yours);
}

// --- exec: -> ExecReply with descriptors as spawn's (init.hpp): a terminal's master, or three pipes ---
// The process gets SIGHUP when the connection closes.

struct ExecRequest {
    Target target;
    std::vector<std::string> argv;
    Environment environment;  // over that of the main program
    std::optional<std::string> directory;
    std::optional<TerminalSize> terminal;
};
template <class F>
void fields(F& f, ExecRequest& m) {
    f("target", m.target);
    f("argv", m.argv);
    f("environment", m.environment);
    f("directory", m.directory);
    f("terminal", m.terminal);
}

struct ExecReply {
    std::string name;
    Session session;
};
template <class F>
void fields(F& f, ExecReply& m) {
    f("name", m.name);
    f("session", m.session);
}

// --- logs: -> LogsReply with as many files as `sizes`, the oldest first, and with follow a stream socket behind them
// ---
// What is printed from then on comes on that socket, to whom it waits for: one that reads slowly misses some there. It
// is in the files all the same, and before: the last one grows until it has this many bytes or somewhat more; what
// comes then is in a new one, and the oldest is removed.
inline constexpr std::int64_t full_log_file = std::int64_t{4} << 20;

struct LogsRequest {
    Target target;  // a finished sandbox too
    bool follow = false;
};
template <class F>
void fields(F& f, LogsRequest& m) {
    f("target", m.target);
    f("follow", m.follow);
}

struct LogsReply {
    std::string name;
    std::vector<std::int64_t> sizes;  // bytes to read of each
};
template <class F>
void fields(F& f, LogsReply& m) {
    f("name", m.name);
    f("sizes", m.sizes);
}

// --- wait: -> WaitReply once it has ended, a finished one at once ---

struct WaitRequest {
    Target target;
};
template <class F>
void fields(F& f, WaitRequest& m) {
    f("target", m.target);
}

struct WaitReply {
    std::string name;
    Exited exited;
};
template <class F>
void fields(F& f, WaitReply& m) {
    f("name", m.name);
    f("exited", m.exited);
}

// --- unpause: -> UnpauseReply; an error where it is not paused ---

struct UnpauseRequest {
    Target target;
};
template <class F>
void fields(F& f, UnpauseRequest& m) {
    f("target", m.target);
}

struct UnpauseReply {
    std::string name;
    std::vector<std::string> uncovered;  // paths of the host that it has now as they are
};
template <class F>
void fields(F& f, UnpauseReply& m) {
    f("name", m.name);
    f("uncovered", m.uncovered);
}

// --- events: -> Nothing; then "event" for each until the client hangs up ---

struct EventsRequest {
    bool follow = false;
    std::optional<std::int64_t> since;  // milliseconds since the epoch
};
template <class F>
void fields(F& f, EventsRequest& m) {
    f("follow", m.follow);
    f("since", m.since);
}

struct DaemonEvent {
    std::int64_t time = 0;  // milliseconds since the epoch
    std::string what;       // sandbox.started, sandbox.ended, sandbox.paused, image.built, net.allowed, …
    std::string subject;    // the sandbox's name, the image's tag
    std::map<std::string, std::string> details;
};
template <class F>
void fields(F& f, DaemonEvent& m) {
    f("time", m.time);
    f("what", m.what);
    f("subject", m.subject);
    f("details", m.details);
}

struct EventsReply {
    std::vector<DaemonEvent> events;
};
template <class F>
void fields(F& f, EventsReply& m) {
    f("events", m.events);
}

}  // namespace isag::proto
