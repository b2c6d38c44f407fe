// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "proto/endpoint.hpp"
#include "proto/fields.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What isag and isagd say to each other. README.md in this folder shows each as JSON.
namespace isag::proto {

// --- hello: the first request on every connection ---

struct Hello {
    std::int64_t protocol = 0;
    std::string version;
};
template <class F>
void fields(F& f, Hello& m) {
    f("protocol", m.protocol);
    f("version", m.version);
}

// --- what a request about an isag.yaml says ---

// The file, and the variables of the person's shell: paths expand by them, builds get the proxies named there.
struct ConfigSource {
    std::string path;  // absolute
    Environment environment;
};
template <class F>
void fields(F& f, ConfigSource& m) {
    f("path", m.path);
    f("environment", m.environment);
}

struct ImageOptions {
    bool rebuild = false;   // build although the image is there
    bool no_cache = false;  // and do not reuse the engine's layers
    bool pull = false;      // ask the registry for a newer base image
};
template <class F>
void fields(F& f, ImageOptions& m) {
    f("rebuild", m.rebuild);
    f("no_cache", m.no_cache);
    f("pull", m.pull);
}

// --- build: -> BuildReply; progress and notice notifications before ---

struct BuildRequest {
    ConfigSource config;
    ImageOptions image;
};
template <class F>
void fields(F& f, BuildRequest& m) {
    f("config", m.config);
    f("image", m.image);
}

struct BuildReply {
    std::string image;      // its tag
    bool built = false;     // false: it was there
    std::string artifacts;  // the folder that holds what it was made from
};
template <class F>
void fields(F& f, BuildReply& m) {
    f("image", m.image);
    f("built", m.built);
    f("artifacts", m.artifacts);
}

// --- run: -> RunReply with descriptors; progress and notice before, exited after ---
// The connection is the session's. When it closes, a sandbox with a terminal goes on; one with pipes is stopped.

struct TerminalSize {
    std::int64_t rows = 24;
    std::int64_t columns = 80;
};
template <class F>
void fields(F& f, TerminalSize& m) {
    f("rows", m.rows);
    f("columns", m.columns);
}

struct RunRequest {
    ConfigSource config;
    ImageOptions image;
    std::optional<std::string> name;       // of the sandbox
    std::vector<std::string> arguments;    // for the agent, or a command instead of it
    Environment extra_environment;         // -e
    std::optional<TerminalSize> terminal;  // none: three pipes
    bool detach = false;                   // with a terminal: no descriptor, no session
    bool learn = false;                    // let every public name through and record it
    bool save_learned = false;             // and write what was learned to the file at the end
    std::vector<Forward> publish;          // ports of the host, for its whole life: local ones, to TCP
};
template <class F>
void fields(F& f, RunRequest& m) {
    f("config", m.config);
    f("image", m.image);
    f("name", m.name);
    f("arguments", m.arguments);
    f("extra_environment", m.extra_environment);
    f("terminal", m.terminal);
    f("detach", m.detach);
    f("learn", m.learn);
    f("save_learned", m.save_learned);
    f("publish", m.publish);
}

// What a client is connected to, and how its terminal is to behave.
struct Session {
    std::string sandbox;  // its id
    std::int64_t process = 0;
    std::string detach_keys;  // "ctrl-p,ctrl-q"; "": none
    std::string clipboard;    // what becomes of the program's writes to it: ask, allow, deny
};
template <class F>
void fields(F& f, Session& m) {
    f("sandbox", m.sandbox);
    f("process", m.process);
    f("detach_keys", m.detach_keys);
    f("clipboard", m.clipboard);
}

// With a terminal two descriptors come along: a stream socket to read what it shows, and a pipe, open to read and
// write, that takes what is typed: what an isagd that is gone has not taken can be read back from it. Without: stdin to
// write, stdout to read, stderr to read.
struct RunReply {
    std::string name;
    std::string artifacts;
    Session session;
};
template <class F>
void fields(F& f, RunReply& m) {
    f("name", m.name);
    f("artifacts", m.artifacts);
    f("session", m.session);
}

// --- notifications to the client ---

// "progress": where long work stands. A step of 0 steps is one whose end is not known.
struct Progress {
    std::string stage;  // "image", "base image", ...
    std::string text;   // the step's name
    std::int64_t step = 0;
    std::int64_t steps = 0;
};
template <class F>
void fields(F& f, Progress& m) {
    f("stage", m.stage);
    f("text", m.text);
    f("step", m.step);
    f("steps", m.steps);
}

// "notice": a line for the person, on stderr.
struct Notice {
    std::string text;
};
template <class F>
void fields(F& f, Notice& m) {
    f("text", m.text);
}

// "exited": the session's process ended; exactly one of the two is there.
struct Exited {
    std::optional<std::int64_t> code;
    std::optional<std::int64_t> signal;
};
template <class F>
void fields(F& f, Exited& m) {
    f("code", m.code);
    f("signal", m.signal);
}

// --- notifications to the daemon, on a session's connection ---

// "resize" carries a TerminalSize; "signal" this:
struct Signal {
    std::int64_t number = 0;
};
template <class F>
void fields(F& f, Signal& m) {
    f("number", m.number);
}

// --- ps: PsRequest -> PsReply ---

struct PsRequest {
    bool all = false;  // finished ones too
};
template <class F>
void fields(F& f, PsRequest& m) {
    f("all", m.all);
}

struct Nothing {};
template <class F>
void fields(F&, Nothing&) {}

struct SandboxInfo {
    std::string name;
    std::string agent;         // claude, codex
    std::string status;        // starting; running; "running, no network": its gate is dead, paused or hangs; ended
    std::int64_t started = 0;  // seconds since the epoch
    std::optional<std::int64_t> ended;  // likewise
    std::optional<Exited> exit;         // of one that ended
    std::int64_t viewers = 0;           // terminals attached
    double cpu_percent = 0;             // of one core, since its start
    std::int64_t cpu_time = 0;          // microseconds, since its start
    std::int64_t memory = 0;            // bytes
    std::int64_t bytes_received = 0;    // from the network outside, since its start
    std::int64_t bytes_sent = 0;
    std::int64_t blocked = 0;  // refused connections
    std::string project;       // host path
    std::string config;        // host path
};
template <class F>
void fields(F& f, SandboxInfo& m) {
    f("name", m.name);
    f("agent", m.agent);
    f("status", m.status);
    f("started", m.started);
    f("ended", m.ended);
    f("exit", m.exit);
    f("viewers", m.viewers);
    f("cpu_percent", m.cpu_percent);
    f("cpu_time", m.cpu_time);
    f("memory", m.memory);
    f("bytes_received", m.bytes_received);
    f("bytes_sent", m.bytes_sent);
    f("blocked", m.blocked);
    f("project", m.project);
    f("config", m.config);
}

struct PsReply {
    std::vector<SandboxInfo> sandboxes;
};
template <class F>
void fields(F& f, PsReply& m) {
    f("sandboxes", m.sandboxes);
}

// --- stop: -> StopReply, once their containers are gone ---

struct StopRequest {
    std::vector<std::string> names;  // names or unique prefixes
    bool all = false;
    std::int64_t seconds = 10;  // between SIGTERM and SIGKILL
};
template <class F>
void fields(F& f, StopRequest& m) {
    f("names", m.names);
    f("all", m.all);
    f("seconds", m.seconds);
}

struct StopReply {
    std::vector<std::string> stopped;
};
template <class F>
void fields(F& f, StopReply& m) {
    f("stopped", m.stopped);
}

}  // namespace isag::proto
