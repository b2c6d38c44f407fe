// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/supervisor.hpp"
#include "proto/init.hpp"
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <string>

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
    try {
        using namespace isag::proto::init;
        const std::string path = argc > 1 ? argv[1] : std::string(mount_folder) + "/" + socket_name;
        return isag::init::Supervisor(path).run();
    } catch (const std::exception& error) {
        ::dprintf(2, "isag-init: %s\n", error.what());
        return 125;
    }
}
