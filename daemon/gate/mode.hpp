// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string_view>

namespace isag::gate {

enum class Mode {
    limited,  // only allowed names
    learn,    // every name, and every TCP connection goes through the relay
    open,     // no rules
};

inline std::optional<Mode> mode_of(std::string_view word) {
    if (word == "limited") return Mode::limited;
    if (word == "learn") return Mode::learn;
    if (word == "open") return Mode::open;
    return std::nullopt;
}

}  // namespace isag::gate
