// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/memory_kills.hpp"
#include "common/file.hpp"
#include <charconv>
#include <string>
#include <string_view>

namespace isag::init {
namespace {

constexpr std::string_view key = "\noom_kill ";

}  // namespace

std::int64_t memory_kills() {
    for (const char* path : {"/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"}) {
        const auto text = read_file(path);
        const auto at = text ? text->find(key) : std::string::npos;
        if (at == std::string::npos) continue;
        std::int64_t count = 0;
        std::from_chars(text->data() + at + key.size(), text->data() + text->size(), count);
        return count;
    }
    return 0;
}

}  // namespace isag::init
