// SPDX-License-Identifier: Apache-2.0
#include "client/new_file.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

Error taken(const fs::path& path) { return Error(path.string() + " exists", "--force replaces it"); }

}  // namespace

void refuse_existing(const fs::path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) == 0) throw taken(path);
}

void write_new_file(const fs::path& path, std::string_view content, mode_t mode) {
    fs::path whole = path;
    whole += ".new-" + std::to_string(::getpid());
    write_file(whole, content, mode);
    const int error = ::link(whole.c_str(), path.c_str()) == 0 ? 0 : errno;  // unlike rename(2), refuses a taken name
    ::unlink(whole.c_str());
    if (error == EEXIST) throw taken(path);
    if (error != 0) throw errno_error("cannot write " + path.string(), error);
}

std::string in_home_form(const fs::path& path, const fs::path& home) {
    std::error_code error;
    const fs::path real_home = fs::weakly_canonical(home, error);
    if (error || real_home == "/") return path.string();
    const fs::path relative = path.lexically_relative(real_home);
    if (relative.empty() || *relative.begin() == "..") return path.string();
    return relative == "." ? "~" : "~/" + relative.string();
}

}  // namespace isag
