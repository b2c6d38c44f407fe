// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
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
// The connection is the session's: when it closes, the sandbox is stopped.

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
};
template <class F>
void fields(F& f, RunRequest& m) {
    f("config", m.config);
    f("image", m.image);
    f("name", m.name);
    f("arguments", m.arguments);
    f("extra_environment", m.extra_environment);
    f("terminal", m.terminal);
}

// With a terminal one descriptor comes along: the terminal, both directions. Without: stdin to write, stdout to read,
// stderr to read.
struct RunReply {
    std::string name;
    std::string artifacts;
};
template <class F>
void fields(F& f, RunReply& m) {
    f("name", m.name);
    f("artifacts", m.artifacts);
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

// --- ps: Nothing -> PsReply ---

struct Nothing {};
template <class F>
void fields(F&, Nothing&) {}

struct SandboxInfo {
    std::string name;
    std::string agent;         // claude, codex
    std::string status;        // starting, running, stopping
    std::int64_t started = 0;  // seconds since the epoch
    double cpu_percent = 0;    // of one core, since its start
    std::int64_t memory = 0;   // bytes
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
    f("cpu_percent", m.cpu_percent);
    f("memory", m.memory);
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

// --- config.check: ConfigSource -> ConfigReport; config.show: ConfigSource -> ConfigText ---

struct Finding {
    std::string file;
    std::int64_t line = 0;  // from 1
    std::int64_t column = 0;
    std::string key;  // full name, "container.python"
    std::string message;
};
template <class F>
void fields(F& f, Finding& m) {
    f("file", m.file);
    f("line", m.line);
    f("column", m.column);
    f("key", m.key);
    f("message", m.message);
}

struct ConfigReport {
    std::vector<Finding> findings;  // none: the file is valid
};
template <class F>
void fields(F& f, ConfigReport& m) {
    f("findings", m.findings);
}

struct ConfigText {
    std::string yaml;
    std::string json;
};
template <class F>
void fields(F& f, ConfigText& m) {
    f("yaml", m.yaml);
    f("json", m.json);
}

// --- config.template: -> Template ---

struct TemplateRequest {
    Environment environment;
    bool extended = false;
    bool gpu = false;
    std::string vendor;                  // claude, codex
    std::optional<std::string> project;  // as the file shall say it: "~/web", "/srv/x"; none: "."
};
template <class F>
void fields(F& f, TemplateRequest& m) {
    f("environment", m.environment);
    f("extended", m.extended);
    f("gpu", m.gpu);
    f("vendor", m.vendor);
    f("project", m.project);
}

struct Template {
    std::string text;     // of the isag.yaml
    std::string project;  // as the text says it
};
template <class F>
void fields(F& f, Template& m) {
    f("text", m.text);
    f("project", m.project);
}

}  // namespace isag::proto
