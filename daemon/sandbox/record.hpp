// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/sandbox/covers.hpp"
#include "daemon/sandbox/plan.hpp"
#include "proto/endpoint.hpp"
#include "proto/fields.hpp"
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace isag::sandbox {

// Of a sandbox's gate.
struct GateRecord {
    std::string container;              // engine id
    std::vector<std::string> networks;  // external ones that it joined
};
template <class F>
void fields(F& f, GateRecord& m) {
    f("container", m.container);
    f("networks", m.networks);
}

// How its main program is connected.
struct SessionRecord {
    bool terminal = false;    // by a terminal, which isagd keeps; else by pipes, and it ends with its client
    std::string detach_keys;  // as in Session (proto/api.hpp)
    std::string clipboard;    // likewise
};
template <class F>
void fields(F& f, SessionRecord& m) {
    f("terminal", m.terminal);
    f("detach_keys", m.detach_keys);
    f("clipboard", m.clipboard);
}

// Its gate lets every public name through, and records them.
struct LearnRecord {
    bool save = false;  // what was learned is written to the isag.yaml at its end
};
template <class F>
void fields(F& f, LearnRecord& m) {
    f("save", m.save);
}

// What lies over paths of its mounts.
struct CoversRecord {
    std::vector<Covered> covered;
    bool paused = false;                 // by isagd, because some of it was lost
    std::vector<Covered> unchecked;      // those: the sandbox may reach below them by what it opened before
    std::string path;                    // on the host, whose cover was lost last
    std::vector<std::string> uncovered;  // it is to go on without these
};
template <class F>
void fields(F& f, CoversRecord& m) {
    f("covered", m.covered);
    f("paused", m.paused);
    f("unchecked", m.unchecked);
    f("path", m.path);
    f("uncovered", m.uncovered);
}

// What isagd remembers of a sandbox across its own death: one file each, <state>/sandboxes/<id>.json, written before
// the engine hears of the sandbox and removed after everything of it is gone.
struct Record {
    std::string id;
    std::string nonce;
    std::string name;
    std::string agent;               // vendor
    std::string config;              // host path of the isag.yaml
    std::string project;             // host path
    std::int64_t started = 0;        // seconds since the epoch
    std::string container;           // engine id; empty until it was created
    std::int64_t main = 0;           // the main process, as init numbers it; 0 until it was started
    std::optional<GateRecord> gate;  // none until it was created
    std::optional<SessionRecord> session;
    std::optional<std::string> user;                       // its name inside; none: an older isagd started it
    std::optional<std::string> directory;                  // the project inside; likewise
    std::optional<std::vector<proto::Forward>> published;  // ports of this host that lead into it
    std::optional<LearnRecord> learn;
    // The inode of its processes' namespace (pid_namespaces(7)), which init shows nobody any more; none: an older isagd
    // started it, whose init does.
    std::optional<std::int64_t> pid_namespace;
    std::optional<CoversRecord> covers;  // none: an older isagd started it
    bool has_terminal() const { return session && session->terminal; }
    Identity identity() const { return {id, nonce, name}; }
};
template <class F>
void fields(F& f, Record& m) {
    f("id", m.id);
    f("nonce", m.nonce);
    f("name", m.name);
    f("agent", m.agent);
    f("config", m.config);
    f("project", m.project);
    f("started", m.started);
    f("container", m.container);
    f("main", m.main);
    f("gate", m.gate);
    f("session", m.session);
    f("user", m.user);
    f("directory", m.directory);
    f("published", m.published);
    f("learn", m.learn);
    f("pid_namespace", m.pid_namespace);
    f("covers", m.covers);
}

class RecordStore {
public:
    // Makes the folder. Throws Error.
    explicit RecordStore(const std::filesystem::path& state);
    void save(const Record& record) const;
    void remove(const std::string& id) const;
    // All that can be read; a file that can't is logged, and left.
    std::vector<Record> load() const;
    // Labels for containers that no record names: isag.owner, 32 random hex digits made once for this person, and
    // isag.instance, made anew by each isagd.
    std::map<std::string, std::string> stray_labels() const;
    // isag.owner alone.
    const std::string& owner() const { return owner_; }

private:
    std::filesystem::path folder_;
    std::string owner_;
    std::string instance_;
};

// `digits` hex digits from the kernel's random source (getrandom(2)).
std::string random_hex(std::size_t digits);

}  // namespace isag::sandbox
