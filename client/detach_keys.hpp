// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// Looks for the keys by which a person leaves a session in what is typed. A part of them is held back for a moment, and
// goes on when it turns out to be none. No I/O.
class DetachKeys {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds held_for{500};

    // As parse_keys() (common/key_names.hpp); empty: there are none. Throws Error of kind usage.
    explicit DetachKeys(const std::string& keys);

    // What goes on to the program of what was typed.
    std::string take(std::string_view typed, Time now);
    // The keys were typed; what came behind them is dropped.
    bool found() const { return found_; }
    // When expired() has something to say; nothing is held: none.
    std::optional<Time> due() const;
    // What goes on because the rest did not come in time.
    std::string expired(Time now);

private:
    std::string flush();

    std::vector<std::vector<std::string>> keys_;  // the forms of each, of which one is typed
    std::size_t matched_ = 0;                     // keys
    std::string held_;
    Time until_{};
    bool found_ = false;
};

}  // namespace isag
