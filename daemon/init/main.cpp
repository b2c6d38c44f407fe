// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/supervisor.hpp"
#include "proto/init.hpp"
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <string>
#include <sys/resource.h>

namespace {

// security.md S4. Lowering needs no privilege, raising it again does.
void limit_resources() {
    const rlimit no_core{0, 0};  // Podman takes a hard limit of 0 for none
    ::setrlimit(RLIMIT_CORE, &no_core);
    constexpr rlim_t most = 65536;
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_max = std::min(limit.rlim_max, most);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// isag-init [SOCKET]: PID 1 of a sandbox.
int main(int argc, char** argv) {
    // 0, 1 and 2 are taken, so that no descriptor of ours gets such a number.
    while (true) {
        const int fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
        if (fd > 2 || fd < 0) {
            isag::UniqueFd(fd).reset();
            break;
        }
    }
    limit_resources();
    try {
        using namespace isag::proto::init;
        const std::string path = argc > 1 ? argv[1] : std::string(mount_folder) + "/" + socket_name;
        return isag::init::Supervisor(path).run();
    } catch (const std::exception& error) {
        ::dprintf(2, "isag-init: %s\n", error.what());
        return 125;
    }
}
