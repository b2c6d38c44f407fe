// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "common/unique_fd.hpp"
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace isag {
namespace {

constexpr std::string_view unfinished = ".unfinished-";  // and six characters more, behind the name that it is to have
constexpr std::size_t unique_size = 6;

void write_all(const UniqueFd& fd, std::string_view content, const std::string& name) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd.get(), content.data(), content.size());
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw errno_error("cannot write " + name, errno);
        content.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::size_t limit) {
    // A fifo that somebody put there would be waited for, for ever.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0) return errno_failure("cannot read " + path.string(), errno);
    if (!S_ISREG(info.st_mode)) return Failure{"cannot read " + path.string() + ": it is no regular file"};
    std::string out;
    char chunk[16384];
    for (;;) {
        const ssize_t n = ::read(fd.get(), chunk, sizeof chunk);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return errno_failure("cannot read " + path.string(), errno);
        if (n == 0) return out;
        out.append(chunk, static_cast<std::size_t>(n));
        if (out.size() > limit) return Failure{path.string() + " is larger than " + std::to_string(limit) + " bytes"};
    }
}

void write_file(const std::filesystem::path& path, std::string_view content, mode_t mode, Sync sync) {
    std::string temporary = path.string() + std::string(unfinished) + std::string(unique_size, 'X');
    const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) throw errno_error("cannot write beside " + path.string(), errno);
    try {
        write_all(fd, content, path.string());
        const bool kept = ::fchmod(fd.get(), mode) == 0 && (sync == Sync::no || ::fsync(fd.get()) == 0);
        if (!kept || ::rename(temporary.c_str(), path.c_str()) != 0)
            throw errno_error("cannot write " + path.string(), errno);
    } catch (...) {
        ::unlink(temporary.c_str());
        throw;
    }
}

void remove_unfinished(const std::filesystem::path& folder) {
    std::error_code ignored;
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::directory_iterator(folder, ignored)) {
        const std::string name = entry.path().filename();
        const auto mark = name.rfind(unfinished);
        if (mark != name.npos && name.size() - mark == unfinished.size() + unique_size) found.push_back(entry.path());
    }
    for (const auto& path : found) ::unlink(path.c_str());
}

}  // namespace isag
