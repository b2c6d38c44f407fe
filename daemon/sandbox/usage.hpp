// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <sys/types.h>

namespace isag::sandbox {

// What a container has used, from the files of its control group (cgroups(7), version 1 or 2). Zeros where they can't
// be read.
struct Usage {
    std::int64_t memory = 0;            // bytes now
    std::int64_t cpu_microseconds = 0;  // since its start
};
Usage usage_of(pid_t pid);

}  // namespace isag::sandbox
