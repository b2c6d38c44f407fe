// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <algorithm>
#include <doctest/doctest.h>
#include <sys/resource.h>

namespace isag::test {

// From now on this process may have that many open files; what it has started already keeps its limit.
inline void want_descriptors(rlim_t most) {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = std::min(limit.rlim_max, most);
    ::setrlimit(RLIMIT_NOFILE, &limit);
    REQUIRE(limit.rlim_cur == most);
}

}  // namespace isag::test
