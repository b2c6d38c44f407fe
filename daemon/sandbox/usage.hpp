// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string_view>
#include <sys/types.h>

namespace isag::sandbox {

// What went through all network interfaces but the loopback: of a sandbox, what passed its gate on the outer side.
struct Traffic {
    std::int64_t received = 0;  // bytes
    std::int64_t sent = 0;
};
// `text` is /proc/PID/net/dev (proc(5)).
Traffic traffic_in(std::string_view text);

// What a container has used, from the files of its control group (cgroups(7), version 1 or 2) and of its network
// namespace. Zeros where they can't be read.
struct Usage {
    std::int64_t memory = 0;            // bytes now
    std::int64_t cpu_microseconds = 0;  // since its start
    Traffic traffic = {};               // likewise
};
Usage usage_of(pid_t pid);

}  // namespace isag::sandbox
