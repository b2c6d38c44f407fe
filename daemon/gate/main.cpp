// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/supervisor.hpp"
#include "proto/gate.hpp"
#include <algorithm>
#include <cstdio>
#include <exception>
#include <fcntl.h>
#include <sys/resource.h>

namespace {

// 0, 1 and 2 are taken, so that no descriptor of ours gets such a number.
void take_standard_numbers() {
    for (int fd = 0; fd >= 0 && fd <= 2;) fd = ::open("/dev/null", O_RDWR | O_CLOEXEC);
}

void limit_resources() {
    const rlimit no_core{0, 0};
    ::setrlimit(RLIMIT_CORE, &no_core);
    constexpr rlim_t most = 65536;  // relayed connections take several each
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_max = std::min(limit.rlim_max, most);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

}  // namespace

// isag-gate MODE [SOCKET]: PID 1 of a gate's container.
int main(int argc, char** argv) {
    using namespace isag::gate;
    take_standard_numbers();
    limit_resources();
    const auto mode = argc == 2 || argc == 3 ? mode_of(argv[1]) : std::nullopt;
    if (!mode) {
        std::fputs("isag-gate: it is called as isag-gate limited|learn|open [SOCKET]\n", stderr);
        return 2;
    }
    try {
        using namespace isag::proto::gate;
        return Supervisor(*mode, argc > 2 ? argv[2] : std::string(mount_folder) + "/" + socket_name).run();
    } catch (const std::exception& error) {
        std::fprintf(stderr, "isag-gate: %s\n", error.what());
        return 1;
    }
}
