// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/config_edit.hpp"
#include "daemon/sandbox/source.hpp"
#include <cerrno>
#include <fcntl.h>
#include <filesystem>
#include <sys/stat.h>
#include <unistd.h>

namespace fs = std::filesystem;
namespace isag::api {
namespace {

constexpr std::size_t largest_file = 1 << 20;

struct stat status_of(const UniqueFd& fd) {
    struct stat status {};
    if (::fstat(fd.get(), &status) != 0) throw errno_error("cannot look at the file", errno);
    return status;
}

std::string read_all(const UniqueFd& fd) {
    std::string text(largest_file + 1, '\0');
    std::size_t size = 0;
    while (size < text.size()) {
        const ssize_t n = ::pread(fd.get(), text.data() + size, text.size() - size, static_cast<off_t>(size));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw errno_error("cannot read it", errno);
        if (n == 0) break;
        size += static_cast<std::size_t>(n);
    }
    if (size > largest_file) throw Error("it is larger than " + std::to_string(largest_file) + " bytes");
    text.resize(size);
    return text;
}

// Returns errno, 0 where all of it is written.
int write_over(const UniqueFd& fd, std::string_view text) {
    for (std::size_t done = 0; done < text.size();) {
        const ssize_t n = ::pwrite(fd.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno;
        done += static_cast<std::size_t>(n);
    }
    return ::ftruncate(fd.get(), static_cast<off_t>(text.size())) == 0 ? 0 : errno;
}

bool same_state(const struct stat& a, const struct stat& b) {
    return a.st_size == b.st_size && a.st_mtim.tv_sec == b.st_mtim.tv_sec && a.st_mtim.tv_nsec == b.st_mtim.tv_nsec;
}

// True where it was changed. Throws Error.
bool edit_in_place(const std::string& file, const TextEdit& edit) {
    if (fs::is_symlink(fs::symlink_status(file))) throw Error("it is a symbolic link");
    const auto source = sandbox::open_source(file).value();
    if (!source.is_file()) throw Error("it is no regular file");
    // Through the descriptor, not through its name again.
    const UniqueFd fd(::open(path_of(source.fd.get()).c_str(), O_RDWR | O_CLOEXEC));
    if (!fd) throw errno_error("cannot write it", errno);
    const auto before = status_of(fd);
    const std::string text = read_all(fd);
    const std::string wanted = edit(text).value();
    if (wanted == text) return false;
    if (!same_state(before, status_of(fd))) throw Error("it was changed just now", "try again");
    if (const int error = write_over(fd, wanted)) {
        write_over(fd, text);
        throw errno_error("cannot write it", error);
    }
    ::fsync(fd.get());
    return true;
}

}  // namespace

proto::net::Saved edit_config_file(const std::string& file, const TextEdit& edit) {
    proto::net::Saved saved;
    saved.file = file;
    try {
        saved.changed = edit_in_place(file, edit);
    } catch (const Error& error) {
        saved.problem = error.message();
        if (!error.hint().empty()) saved.hint = error.hint();
    }
    return saved;
}

}  // namespace isag::api
