// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <fstream>
#include <string>
#include <sys/types.h>

namespace isag::test {

// A number of /proc/PID/FILE, such as VmRSS (KiB) of status or rchar (bytes) of io; -1 where there is none.
inline long proc_number(pid_t pid, const std::string& file, const std::string& name) {
    std::ifstream lines("/proc/" + std::to_string(pid) + "/" + file);
    for (std::string word; lines >> word;)
        if (word == name + ":") {
            long number = 0;
            lines >> number;
            return number;
        }
    return -1;
}

// What a client may take, in KiB; sanitizers keep what was freed.
#ifdef __SANITIZE_ADDRESS__
constexpr long most_memory = 500'000;
#else
constexpr long most_memory = 40'000;
#endif

}  // namespace isag::test
