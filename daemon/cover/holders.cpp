// SPDX-License-Identifier: Apache-2.0
#include "daemon/cover/holders.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <cerrno>
#include <cstdint>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <optional>
#include <set>
#include <sstream>
#include <sys/stat.h>
#include <tuple>
#include <unistd.h>
#include <utility>
#include <vector>

namespace isag::cover {
namespace {

constexpr std::size_t most_files = 10000;

using File = std::tuple<std::uint32_t, std::uint32_t, std::uint64_t>;  // device and inode

std::optional<struct statx> look(int at, const char* name, int flags) {
    struct statx seen {};
    if (::statx(at, name, flags, STATX_BASIC_STATS | STATX_MNT_ID, &seen) != 0) return std::nullopt;
    return seen;
}

File file_of(const struct statx& seen) { return {seen.stx_dev_major, seen.stx_dev_minor, seen.stx_ino}; }

struct Closer {
    void operator()(DIR* folder) const { ::closedir(folder); }
};

UniqueFd open_folder(int at, const char* name) {
    return UniqueFd(::openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
}

// Their names, without . and ..; none where it is gone.
std::vector<std::string> names_in(UniqueFd folder) {
    std::vector<std::string> out;
    if (!folder) return out;
    const std::unique_ptr<DIR, Closer> list(::fdopendir(folder.get()));
    if (!list) throw errno_error("cannot list a folder", errno);
    static_cast<void>(folder.release());
    while (const dirent* entry = ::readdir(list.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") out.push_back(name);
    }
    return out;
}

class Files {
public:
    // `cover` is the path as the sandbox opens it now.
    Files(int processes, int cover, std::string path)
        : processes_(processes), path_(std::move(path)), cover_(look(cover, "", AT_EMPTY_PATH).value()) {
        add(cover, "");
    }

    // Opened as it was before it was covered. What is gone in the meantime holds nothing.
    bool has(int at, const std::string& name) const {
        const auto seen = look(at, name.c_str(), 0);
        return seen && seen->stx_mnt_id != cover_.stx_mnt_id && files_.contains(file_of(*seen));
    }

private:
    void add(int at, const char* name) {
        const auto seen = look(at, name, AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW);
        if (!seen) throw errno_error("cannot look into " + path_, errno);
        if (S_ISREG(seen->stx_mode) && seen->stx_nlink > 1)
            throw Error("a file at " + path_ + " has another name, too");
        if (files_.size() >= most_files) throw Error("there are too many files at " + path_);
        files_.insert(file_of(*seen));
        if (S_ISREG(seen->stx_mode)) check_unwritten(at, name);
        if (!S_ISDIR(seen->stx_mode)) return;
        const UniqueFd folder = open_folder(at, *name ? name : ".");
        if (!folder) throw errno_error("cannot look into " + path_, errno);
        for (const auto& child : names_in(UniqueFd(::dup(folder.get())))) add(folder.get(), child.c_str());
    }
    // A lease for reading is not given where anybody has it open or mapped to write (fcntl(2)).
    void check_unwritten(int at, const char* name) const {
        constexpr int flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC;
        const std::string own = "self/fd/" + std::to_string(at);
        const UniqueFd file(*name ? ::openat(at, name, flags | O_NOFOLLOW) : ::openat(processes_, own.c_str(), flags));
        if (!file || ::fcntl(file.get(), F_SETLEASE, F_RDLCK) != 0)
            throw errno_error("whether a file at " + path_ + " is being written can't be told, or it is", errno);
    }

    int processes_;
    std::string path_;
    struct statx cover_;
    std::set<File> files_;
};

std::string read_all(int at, const char* name) {
    const UniqueFd file(::openat(at, name, O_RDONLY | O_CLOEXEC));
    std::string out;
    char bytes[4096];
    for (ssize_t n = 0; file && (n = ::read(file.get(), bytes, sizeof bytes)) > 0;)
        out.append(bytes, static_cast<std::size_t>(n));
    return out;
}

// Descriptors that no process has: on their way through a socket, or kept by io_uring (proc(5), fdinfo).
bool hides_descriptors(int process, const std::string& descriptor) {
    std::istringstream lines(read_all(process, ("fdinfo/" + descriptor).c_str()));
    std::string key;
    std::int64_t count = 0;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        if (fields >> key >> count && (key == "scm_fds:" || key == "UserFiles:") && count > 0) return true;
    }
    return false;
}

// However it is open: a descriptor for reading, too, is one for writing once it was opened anew (proc_pid_fd(5)).
bool holds(int process, const Files& files) {
    for (const char* name : {"cwd", "root", "exe"})
        if (files.has(process, name)) return true;
    const UniqueFd open = open_folder(process, "fd");
    if (!open) return false;
    for (const auto& name : names_in(UniqueFd(::dup(open.get()))))
        if (files.has(open.get(), name) || hides_descriptors(process, name)) return true;
    return false;
}

bool is_number(const std::string& text) { return text.find_first_not_of("0123456789") == std::string::npos; }

}  // namespace

void check_unheld(int processes, int place, const std::string& path) {
    const Files files(processes, place, path);
    for (const auto& name : names_in(open_folder(processes, "."))) {
        if (!is_number(name)) continue;
        const UniqueFd process = open_folder(processes, name.c_str());
        if (process && holds(process.get(), files)) throw Error("a process of the sandbox holds " + path + " open");
    }
}

}  // namespace isag::cover
