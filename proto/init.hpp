// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "proto/api.hpp"
#include "proto/fields.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

// What isagd and isag-init say to each other, over a socket in a folder that is mounted read-only into the container.
// Init dials, and says "ready" (InitReady) first. The same rules hold as between client and daemon.
namespace isag::proto::init {

// Where init finds the socket, and itself, inside.
inline constexpr const char* mount_folder = "/.isag/run";
inline constexpr const char* socket_name = "init.sock";
inline constexpr const char* program_path = "/.isag/init";

// "ready", init to daemon.
struct Ready {
    std::int64_t protocol = 0;
};
template <class F>
void fields(F& f, Ready& m) {
    f("protocol", m.protocol);
}

// "spawn", daemon to init -> Spawned with descriptors as in RunReply, made inside the container. An error's kind tells
// a command that does not exist (not_found) from one that can't be run (not_executable).
struct Spawn {
    std::vector<std::string> argv;
    Environment environment;  // over that of the main process, where there is one, and init's own, which is the image's
    std::string directory;    // empty: the main process's, else init's own
    std::optional<TerminalSize> terminal;
    bool main = false;  // when it ends, everything in the container is killed and init exits with its status
};
template <class F>
void fields(F& f, Spawn& m) {
    f("argv", m.argv);
    f("environment", m.environment);
    f("directory", m.directory);
    f("terminal", m.terminal);
    f("main", m.main);
}

struct Spawned {
    std::int64_t process = 0;  // its pid inside
};
template <class F>
void fields(F& f, Spawned& m) {
    f("process", m.process);
}

// "serve": Spawn (without terminal, never main) -> Spawned with one descriptor, the other end of a stream socket that
// is the process's stdin and stdout; its stderr is /dev/null. For programs that serve one connection, as inetd starts
// them.

// "environment": Nothing -> Variables, those that a spawned process has where none are added: the main process's over
// init's own, which are the image's.
struct Variables {
    Environment environment;
};
template <class F>
void fields(F& f, Variables& m) {
    f("environment", m.environment);
}

// "connect", daemon to init -> Nothing with one descriptor, a stream socket that is connected to the unix(7) socket at
// that path, as the agent's user. Nobody there is an error of kind not_found.
struct Connect {
    std::string path;  // absolute
};
template <class F>
void fields(F& f, Connect& m) {
    f("path", m.path);
}

// "listen", daemon to init -> Nothing with one descriptor, a stream socket that listens at that path, mode 0600. A file
// that is there already is an error, but for a socket at which nobody listens any more, which is replaced. Init keeps
// no copy, so it does not see when the last holder closes: the file then stays, and refuses who connects.
struct Listen {
    std::string path;  // absolute
};
template <class F>
void fields(F& f, Listen& m) {
    f("path", m.path);
}

// "terminal", daemon to init -> Nothing with the master of that process's terminal, again.
struct TerminalOf {
    std::int64_t process = 0;
};
template <class F>
void fields(F& f, TerminalOf& m) {
    f("process", m.process);
}

// "kill", a notification to init: signal one process's group, or every process of the container (process 0).
struct Kill {
    std::int64_t process = 0;
    std::int64_t signal = 0;
};
template <class F>
void fields(F& f, Kill& m) {
    f("process", m.process);
    f("signal", m.signal);
}

// "ended", a notification from init: a spawned process is no more; exactly one of code and signal is there. Where the
// kernel killed the main process because the container reached its memory limit, it says so. The main process's
// terminal comes along as a descriptor, its master: a daemon that was not there yet reads from it what was printed
// last. Each connection is told again what earlier ones were.
struct Ended {
    std::int64_t process = 0;
    std::optional<std::int64_t> code;
    std::optional<std::int64_t> signal;
    std::optional<bool> out_of_memory;
    std::optional<std::int64_t> age;  // seconds since the main process ended
};
template <class F>
void fields(F& f, Ended& m) {
    f("process", m.process);
    f("code", m.code);
    f("signal", m.signal);
    f("out_of_memory", m.out_of_memory);
    f("age", m.age);
}

// "taken", a notification to init: the daemon has noted that process's end. Init exits once the main one's was.
struct Taken {
    std::int64_t process = 0;
};
template <class F>
void fields(F& f, Taken& m) {
    f("process", m.process);
}

}  // namespace isag::proto::init
