// SPDX-License-Identifier: Apache-2.0
#include "common/environment.hpp"
#include <string_view>
#include <unistd.h>

namespace isag {

Environment current_environment() {
    Environment out;
    for (char** entry = environ; entry && *entry; ++entry) {
        const std::string_view text = *entry;
        const auto equals = text.find('=');
        if (equals == std::string_view::npos || equals == 0) continue;
        out.emplace(text.substr(0, equals), text.substr(equals + 1));
    }
    return out;
}

std::optional<std::string> find(const Environment& environment, const std::string& name) {
    const auto it = environment.find(name);
    if (it == environment.end()) return std::nullopt;
    return it->second;
}

}  // namespace isag
