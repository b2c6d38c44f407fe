// SPDX-License-Identifier: Apache-2.0
#include "daemon/cover/holders.hpp"
#include "common/error.hpp"
#include "daemon/cover/files.hpp"
#include "daemon/cover/folder.hpp"
#include <cerrno>
#include <fcntl.h>
#include <limits.h>
#include <linux/kcmp.h>
#include <sstream>
#include <string>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace isag::cover {
namespace {

bool is_gone(int error) { return error == ENOENT || error == ESRCH; }

std::string target_of(int at, const std::string& name) {
    char text[PATH_MAX];
    const ssize_t n = ::readlinkat(at, name.c_str(), text, sizeof text);
    if (n < 0 && !is_gone(errno)) throw errno_error("cannot read " + name, errno);
    return {text, n < 0 ? 0 : static_cast<std::size_t>(n)};
}

std::string read_all(int at, const std::string& name) {
    const UniqueFd file(::openat(at, name.c_str(), O_RDONLY | O_CLOEXEC));
    if (!file && !is_gone(errno)) throw errno_error("cannot read " + name, errno);
    std::string out;
    char bytes[4096];
    for (ssize_t n = 0; file && (n = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        out.append(bytes, static_cast<std::size_t>(n));
    return out;
}

// Of the mount by which it was opened.
bool is_read_only(const UniqueFd& processes, const std::string& path) {
    const UniqueFd file(::openat(processes.get(), path.c_str(), O_PATH | O_CLOEXEC));
    struct statvfs info {};
    return file && ::fstatvfs(file.get(), &info) == 0 && (info.f_flag & ST_RDONLY) != 0;
}

// kcmp(2). What can't be told counts as no.
bool shares_all(const std::string& process, const std::string& thread) {
    const auto same = [&](int what) {
        return ::syscall(SYS_kcmp, std::stol(process), std::stol(thread), what, 0, 0) == 0;
    };
    return same(KCMP_FILES) && same(KCMP_FS);
}

class Search {
public:
    Search(const Files& files, const UniqueFd& processes)
        : files_(files), processes_(processes), mounts_(target_of(processes.get(), "1/ns/mnt")) {}

    // A thread has descriptors and a place of its own where it wants to.
    void look_at(const std::string& process) const {
        const std::string tasks = process + "/task";
        const UniqueFd folder = open_folder(processes_.get(), tasks);
        if (!folder && is_gone(errno)) return;
        for (const auto& thread : names_in(folder))
            if (thread == process || !shares_all(process, thread)) look_at_thread(tasks + "/" + thread + "/");
    }

private:
    void look_at_thread(const std::string& thread) const {
        const std::string mounts = target_of(processes_.get(), thread + "ns/mnt");
        if (!mounts.empty() && mounts != mounts_) throw Error("a process of the sandbox has mounts of its own");
        for (const char* name : {"cwd", "root", "exe"}) look_at_file(thread + name);
        const UniqueFd open = open_folder(processes_.get(), thread + "fd");
        if (!open && is_gone(errno)) return;
        for (const auto& descriptor : names_in(open)) {
            const bool may_hide = look_at_file(thread + "fd/" + descriptor);
            if (may_hide) look_for_hidden(thread + "fdinfo/" + descriptor);
        }
    }

    // However it is open: a descriptor for reading, too, is one for writing once it was opened anew (proc_pid_fd(5)).
    // Whether it may hide others.
    bool look_at_file(const std::string& path) const {
        const auto seen = look(processes_.get(), path, 0);
        if (!seen) return false;
        if (const auto* const held = files_.around(*seen, [&] { return is_read_only(processes_, path); }))
            throw Error("a process of the sandbox has " + *held + " open from before");
        return S_ISSOCK(seen->stx_mode) || (seen->stx_mode & S_IFMT) == 0;  // of an anonymous inode
    }

    // Descriptors that no process has: on their way through a socket, or kept by io_uring (proc_pid_fdinfo(5)).
    void look_for_hidden(const std::string& path) const {
        std::istringstream lines(read_all(processes_.get(), path));
        for (std::string line; std::getline(lines, line);) {
            std::istringstream fields(line);
            std::string key;
            std::int64_t count = 0;
            if (fields >> key >> count && (key == "scm_fds:" || key == "UserFiles:") && count > 0)
                throw Error("a socket or io_uring of the sandbox keeps open files, nobody knows which");
        }
    }

    const Files& files_;
    const UniqueFd& processes_;
    std::string mounts_;  // of the sandbox
};

bool is_number(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

}  // namespace

void check_unheld(const std::vector<Place>& places, const UniqueFd& processes) {
    Files files;
    for (const auto& place : places) files.add(place);
    const Search search(files, processes);
    const std::string self = target_of(processes.get(), "self");
    for (const auto& name : names_in(processes))
        if (is_number(name) && name != self) search.look_at(name);
    for (const auto& place : places) check_unopened(place, processes);  // by what no process shows
}

}  // namespace isag::cover
