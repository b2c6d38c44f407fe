// SPDX-License-Identifier: Apache-2.0
#include "common/exec_error.hpp"
#include <algorithm>
#include <cerrno>
#include <unistd.h>

namespace isag {
namespace {

bool is_in_path(const std::string& command, const Environment& environment) {
    const std::string path = find(environment, "PATH").value_or("/bin:/usr/bin");
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find(':', begin), path.size());
        const std::string folder = end == begin ? "." : path.substr(begin, end - begin);
        if (::access((folder + "/" + command).c_str(), F_OK) == 0) return true;
        begin = end + 1;
    }
    return false;
}

}  // namespace

Error exec_error(const std::string& what, const std::string& command, const Environment& environment, int number) {
    const bool looked_up = command.find('/') == std::string::npos;
    if (number == EACCES && looked_up && !is_in_path(command, environment)) number = ENOENT;
    const bool missing = number == ENOENT || number == ENOTDIR;
    return Error(errno_failure(what, number), missing ? ErrorKind::not_found : ErrorKind::not_executable);
}

}  // namespace isag
