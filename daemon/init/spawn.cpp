// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/spawn.hpp"
#include "common/environment.hpp"
#include "common/exec_error.hpp"
#include "daemon/init/terminal.hpp"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <string>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace isag::init {
namespace {

using proto::init::Spawn;

// The child's ends, in the order of the numbers it sees them as; all the same one for a terminal.
struct Inner {
    int standard[3];
    bool is_terminal;
};

// Strings as execve(2) takes them.
class Strings {
public:
    explicit Strings(std::vector<std::string> strings) : strings_(std::move(strings)) {
        for (auto& s : strings_) pointers_.push_back(s.data());
        pointers_.push_back(nullptr);
    }
    char** get() { return pointers_.data(); }

private:
    std::vector<std::string> strings_;
    std::vector<char*> pointers_;
};

Strings entries_of(const Environment& environment) {
    std::vector<std::string> entries;
    for (const auto& [name, value] : environment) entries.push_back(name + "=" + value);
    return Strings(std::move(entries));
}

// What the child could not do, sent to its parent.
struct Trouble {
    enum class Step { session, directory, command } step;
    int error;
};

[[noreturn]] void give_up(int report, Trouble::Step step) {
    const Trouble trouble{step, errno};
    [[maybe_unused]] const ssize_t n = ::write(report, &trouble, sizeof trouble);
    ::_exit(127);
}

void default_signals() {
    for (int number = 1; number <= SIGRTMAX; ++number) ::signal(number, SIG_DFL);
    sigset_t none;
    ::sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

[[noreturn]] void run_child(char** argv, char** environment, const char* directory, const Inner& inner, int report) {
    if (::setsid() < 0) give_up(report, Trouble::Step::session);
    if (inner.is_terminal && ::ioctl(inner.standard[0], TIOCSCTTY, 0) != 0) give_up(report, Trouble::Step::session);
    for (int number = 0; number < 3; ++number)
        if (::dup2(inner.standard[number], number) < 0) give_up(report, Trouble::Step::session);
    // Init's own are close-on-exec already; this is for what its starter may have left open. Missing before Linux 5.11.
    ::close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);
    default_signals();
    if (*directory && ::chdir(directory) != 0) give_up(report, Trouble::Step::directory);
    environ = environment;  // execvpe(3) would search this process's own PATH
    ::execvp(argv[0], argv);
    give_up(report, Trouble::Step::command);
}

Error error_of(const Trouble& trouble, const Spawn& request, const Environment& environment) {
    if (trouble.step == Trouble::Step::session) return errno_error("cannot start a session", trouble.error);
    if (trouble.step == Trouble::Step::directory)
        return errno_error("cannot enter " + request.directory, trouble.error);
    return exec_error("cannot run " + request.argv[0], request.argv[0], environment, trouble.error);
}

// Runs the command with these ends; returns when it was executed.
pid_t start(const Spawn& request, const Inner& inner) {
    Strings argv(request.argv);
    const Environment environment = merged_environment(request);
    Strings entries = entries_of(environment);
    Pipe report = make_pipe();
    const pid_t pid = ::fork();
    if (pid < 0) throw errno_error("cannot start a process", errno);
    if (pid == 0) run_child(argv.get(), entries.get(), request.directory.c_str(), inner, report.write.get());
    report.write.reset();
    Trouble trouble{};
    ssize_t n = 0;
    do n = ::read(report.read.get(), &trouble, sizeof trouble);
    while (n < 0 && errno == EINTR);
    if (n != static_cast<ssize_t>(sizeof trouble)) return pid;
    while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
    }
    throw error_of(trouble, request, environment);
}

Spawned spawn_on_terminal(const Spawn& request) {
    Terminal terminal = open_terminal(*request.terminal);
    const int slave = terminal.slave.get();
    Spawned out;
    out.terminal = terminal.master.duplicate();
    out.pid = start(request, {{slave, slave, slave}, true});
    out.streams.push_back(std::move(terminal.master));
    return out;
}

Spawned spawn_on_pipes(const Spawn& request) {
    Pipe in = make_pipe(), out = make_pipe(), error = make_pipe();
    Spawned spawned;
    spawned.pid = start(request, {{in.read.get(), out.write.get(), error.write.get()}, false});
    spawned.streams.push_back(std::move(in.write));
    spawned.streams.push_back(std::move(out.read));
    spawned.streams.push_back(std::move(error.read));
    return spawned;
}

bool has_zero(const std::string& text) { return text.find('\0') != std::string::npos; }

}  // namespace

Environment merged_environment(const Spawn& request) {
    Environment merged = request.environment;
    merged.merge(current_environment());  // what is there stays
    return merged;
}

std::optional<Failure> check(const Spawn& request) {
    if (request.argv.empty()) return Failure{"there is no command to run"};
    for (const auto& argument : request.argv)
        if (has_zero(argument)) return Failure{"an argument holds a zero byte"};
    if (has_zero(request.directory)) return Failure{"the directory holds a zero byte"};
    for (const auto& [name, value] : request.environment) {
        if (name.empty() || name.find('=') != std::string::npos) return Failure{"'" + name + "' can't name a variable"};
        if (has_zero(name) || has_zero(value)) return Failure{"a variable holds a zero byte"};
    }
    return std::nullopt;
}

Spawned spawn(const Spawn& request) {
    if (auto failure = check(request)) throw Error(std::move(*failure), ErrorKind::usage);
    return request.terminal ? spawn_on_terminal(request) : spawn_on_pipes(request);
}

Spawned spawn_on_socket(const Spawn& request) {
    if (request.terminal || request.main) throw Error("it serves a connection, and nothing else", "", ErrorKind::usage);
    if (auto failure = check(request)) throw Error(std::move(*failure), ErrorKind::usage);
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        throw errno_error("cannot make a socket", errno);
    UniqueFd inner(ends[0]);
    Spawned out;
    out.streams.emplace_back(ends[1]);
    const UniqueFd nowhere(::open("/dev/null", O_WRONLY | O_CLOEXEC));
    if (!nowhere) throw errno_error("cannot open /dev/null", errno);
    out.pid = start(request, {{inner.get(), inner.get(), nowhere.get()}, false});
    return out;
}

}  // namespace isag::init
