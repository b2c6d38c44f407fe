// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>

namespace isag::init {

// How many processes of this container the kernel has killed because it reached its memory limit, by its control group
// (memory.events of cgroups(7) version 2, memory.oom_control of version 1); 0 where that can't be seen.
std::int64_t memory_kills();

}  // namespace isag::init
