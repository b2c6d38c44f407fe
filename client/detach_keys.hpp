// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/paste_watch.hpp"
#include "client/typed_key.hpp"
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag {

// Looks for the keys by which a person leaves a session in what is typed, but for what is pasted. A part of them is
// held back for a moment, and so is a sequence that is not whole yet; both go on when they turn out to be none. What
// the mouse does and the terminal answers meanwhile goes on at once. No I/O.
class DetachKeys {
public:
    using Time = std::chrono::steady_clock::time_point;
    static constexpr std::chrono::milliseconds held_for{500};
    static constexpr std::chrono::milliseconds part_held_for{50};  // since the last byte of it

    // As parse_keys() (common/key_names.hpp); empty: there are none. Throws Error of kind usage.
    explicit DetachKeys(const std::string& keys);

    // What goes on to the program of what was typed.
    std::string take(std::string_view typed, Time now);
    // The same while nobody looks for the keys.
    std::string pass(std::string_view typed, Time now);
    // The keys were typed; what came behind them waits for start_over().
    bool found() const { return found_; }
    // When expired() has something to say; nothing is held: none.
    std::optional<Time> due() const;
    // What goes on because the rest did not come in time. The keys may be found in it.
    std::string expired(Time now);
    // After the keys were found: what came behind them, for pass() or take().
    std::string start_over();

private:
    template <class Take>
    void each_key(std::string_view& typed, bool waits, Take take);
    void take_keys(std::string_view typed, bool waits, Time now, std::string& out);
    bool is_kept(const TypedKey& key, std::string_view bytes);
    void match(const TypedKey& key, std::string_view bytes, Time now, std::string& out);
    std::string flush();

    std::vector<Key> keys_;
    std::size_t matched_ = 0;  // keys
    std::string held_;
    Time until_{};
    std::string part_;  // of a sequence, behind what is held
    Time part_until_{};
    bool found_ = false;
    std::string behind_;
    std::vector<Key> down_;  // keys found of which the program is not to see that they are let go
    PasteWatch paste_;
};

}  // namespace isag
