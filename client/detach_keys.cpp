// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include "common/error.hpp"
#include "common/key_names.hpp"
#include <algorithm>
#include <utility>

namespace isag {

DetachKeys::DetachKeys(const std::string& keys) {
    auto parsed = parse_keys(keys);
    if (!parsed)
        throw Error("'" + keys + "' can't be detach keys", "for example: ctrl-p,ctrl-q, or ctrl-] alone; '' for none",
                    ErrorKind::usage);
    keys_ = std::move(*parsed);
}

std::string DetachKeys::take(std::string_view typed, Time now) {
    if (keys_.empty()) return std::string(typed);
    std::string out = expired(now);
    while (!typed.empty() && !found_) {
        const auto match = [&](std::size_t key) {
            const auto form = std::find_if(keys_[key].begin(), keys_[key].end(),
                                           [&](const std::string& f) { return typed.starts_with(f); });
            return form == keys_[key].end() ? std::size_t{0} : form->size();
        };
        std::size_t length = match(matched_);
        if (length == 0 && matched_ > 0) {
            out += flush();
            length = match(0);
        }
        if (length == 0) {
            out += typed.front();
            typed.remove_prefix(1);
            continue;
        }
        held_ += typed.substr(0, length);
        typed.remove_prefix(length);
        until_ = now + held_for;
        found_ = ++matched_ == keys_.size();
    }
    return out;
}

std::optional<DetachKeys::Time> DetachKeys::due() const {
    return held_.empty() || found_ ? std::nullopt : std::optional(until_);
}

std::string DetachKeys::expired(Time now) {
    const auto time = due();
    return time && now >= *time ? flush() : std::string();
}

std::string DetachKeys::flush() {
    matched_ = 0;
    return std::exchange(held_, {});
}

}  // namespace isag
