// SPDX-License-Identifier: Apache-2.0
#include "client/daemon_start.hpp"
#include "client/dial.hpp"
#include "client/output.hpp"
#include "common/child_process.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

constexpr int start_limit_ms = 10'000;
constexpr std::uintmax_t largest_log = 8 << 20;
constexpr const char* journal = "journalctl --user -u isagd";

bool is_program(const fs::path& path) { return fs::is_regular_file(path) && ::access(path.c_str(), X_OK) == 0; }

fs::path own_folder() {
    std::error_code error;
    return fs::read_symlink("/proc/self/exe", error).parent_path();
}

// Held while a daemon is being started; the file stays.
UniqueFd lock_start(const Directories& directories) {
    make_private_directory(directories.runtime);
    const fs::path path = directories.runtime / "start.lock";
    UniqueFd lock(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!lock) throw errno_error("cannot open " + path.string(), errno);
    while (::flock(lock.get(), LOCK_EX) != 0)
        if (errno != EINTR) throw errno_error("cannot lock " + path.string(), errno);
    return lock;
}

bool is_systemds(const Environment& environment, const Directories& directories) {
    std::error_code error;
    const bool user_manager = fs::exists(directories.runtime.parent_path() / "systemd/private", error);
    return user_manager && find_unit(environment, directories, own_folder());
}

fs::path own_log(const Directories& directories) { return directories.state / "isagd.log"; }

void start_unit(const Context& context) {
    ChildOptions options;
    options.argv = {"systemctl", "--user", "start", "isagd"};
    options.env = context.environment;
    options.fds = {{STDERR_FILENO, STDERR_FILENO}};
    if (ChildProcess::start(options).wait().as_shell() != 0)
        throw Error("systemd could not start isagd", std::string(journal) + " tells why");
}

std::string last_lines(const fs::path& log, off_t from) {
    const auto content = read_file(log);
    if (!content || content->size() <= static_cast<std::size_t>(from)) return {};
    std::string text = content->substr(static_cast<std::size_t>(from));
    while (text.ends_with('\n')) text.pop_back();
    std::size_t begin = text.size();
    for (int lines = 0; lines < 10 && begin != std::string::npos && begin > 0; ++lines)
        begin = text.rfind('\n', begin - 1);
    return ":\n" + (begin == std::string::npos || begin == 0 ? text : text.substr(begin + 1));
}

// True once the daemon has said that it listens; false where it ended or took too long.
bool wait_until_ready(const UniqueFd& ready) {
    for (;;) {
        pollfd fd{ready.get(), POLLIN, 0};
        const int n = ::poll(&fd, 1, start_limit_ms);
        if (n < 0 && errno == EINTR) continue;
        char byte = 0;
        return n > 0 && ::read(ready.get(), &byte, 1) == 1 && byte == 'R';
    }
}

// The one before is kept where this one has grown large: no isagd that runs writes into either then.
UniqueFd open_log(const fs::path& path) {
    make_private_directory(path.parent_path());
    std::error_code error;
    if (fs::file_size(path, error) > largest_log && !error) fs::rename(path, path.string() + ".1", error);
    UniqueFd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
    if (!log) throw errno_error("cannot write " + path.string(), errno);
    return log;
}

void spawn_daemon(const Context& context) {
    const auto program = find_daemon(context.environment, own_folder());
    if (!program) throw Error("isagd does not run and cannot be found", "install it beside isag, or start it yourself");
    const fs::path log_path = own_log(context.directories);
    const UniqueFd log = open_log(log_path);
    const off_t log_end = ::lseek(log.get(), 0, SEEK_END);
    Pipe ready = make_pipe();
    ChildOptions options;
    options.argv = {program->string(), "--ready-fd", "3"};
    options.env = context.environment;
    options.fds = {{log.get(), STDERR_FILENO}, {ready.write.get(), 3}};
    options.new_session = true;
    options.orphaned = true;  // it may end before us, who would not notice
    ChildProcess daemon = ChildProcess::start(options);
    ready.write.reset();
    if (!wait_until_ready(ready.read))
        throw DaemonNotStarted("isagd did not start" + last_lines(log_path, log_end), "its log: " + log_path.string());
    daemon.detach();
}

}  // namespace

std::optional<fs::path> find_unit(const Environment& environment, const Directories& directories,
                                  const fs::path& own_folder) {
    const auto data = find(environment, "XDG_DATA_HOME");
    const fs::path folders[] = {
        directories.config.parent_path() / "systemd/user",
        directories.home / ".config/systemd/user",
        (data && data->starts_with('/') ? fs::path(*data) : directories.home / ".local/share") / "systemd/user",
        "/etc/systemd/user",
        own_folder.parent_path() / "lib/systemd/user",
        "/usr/local/lib/systemd/user",
        "/usr/lib/systemd/user",
    };
    for (const auto& folder : folders)
        if (std::error_code error; fs::exists(folder / "isagd.service", error)) return folder / "isagd.service";
    return std::nullopt;
}

std::optional<fs::path> find_daemon(const Environment& environment, const fs::path& own_folder) {
    if (is_program(own_folder / "isagd")) return own_folder / "isagd";
    if (is_program(own_folder.parent_path() / "bin/isagd")) return own_folder.parent_path() / "bin/isagd";
    std::string path = find(environment, "PATH").value_or("");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const fs::path candidate = fs::path(path.substr(begin, end - begin)) / "isagd";
        if (candidate.is_absolute() && is_program(candidate)) return candidate;
        begin = end + 1;
    }
    return std::nullopt;
}

std::string daemon_log(const Environment& environment, const Directories& directories) {
    return is_systemds(environment, directories) ? journal : own_log(directories).string();
}

UniqueFd start_daemon(const Context& context) {
    const UniqueFd lock = lock_start(context.directories);
    const fs::path socket_path = context.directories.socket();
    if (auto socket = dial(socket_path)) return std::move(*socket);

    if (is_systemds(context.environment, context.directories))
        start_unit(context);
    else
        spawn_daemon(context);
    if (context.verbose) print_error("isag: started isagd\n");
    if (auto socket = dial(socket_path)) return std::move(*socket);
    throw DaemonNotStarted("isagd was started and does not listen on " + socket_path.string(),
                           "is it set up with another XDG_RUNTIME_DIR?");
}

}  // namespace isag
