// SPDX-License-Identifier: Apache-2.0
#include "client/copy/beneath.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace isag {
namespace {

constexpr int most_races = 1000;  // of a rename somewhere on the machine with our look-up; each is over at once

}  // namespace

UniqueFd open_beneath(const UniqueFd& folder, const std::string& path, int flags, mode_t mode) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(static_cast<unsigned>(flags | O_CLOEXEC | O_NOFOLLOW));
    how.mode = (flags & O_CREAT) != 0 ? mode : 0;
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    const char* const name = path.empty() ? "." : path.c_str();
    for (int tries = 0;; ++tries) {
        const long fd = ::syscall(SYS_openat2, folder.get(), name, &how, sizeof how);
        if (fd >= 0) return UniqueFd(static_cast<int>(fd));
        if (errno == ENOSYS) throw Error("this kernel has no openat2(2)", "isag cp needs Linux 5.6 or later");
        if ((errno != EAGAIN && errno != EINTR) || tries == most_races) return UniqueFd();
    }
}

BeneathPath::BeneathPath(const std::string& path) {
    const auto slash = path.rfind('/');
    folder = slash == std::string::npos ? "" : path.substr(0, slash);
    base = slash == std::string::npos ? path : path.substr(slash + 1);
}

}  // namespace isag
