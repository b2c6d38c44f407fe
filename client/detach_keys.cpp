// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <utility>

namespace isag {
namespace {

constexpr std::size_t longest_part = 64;  // bytes; no key's sequence is longer

}  // namespace

DetachKeys::DetachKeys(const std::string& keys) {
    auto parsed = parse_keys(keys);
    if (!parsed)
        throw Error("'" + keys + "' can't be detach keys", "for example: ctrl-p,ctrl-q, or ctrl-] alone; '' for none",
                    ErrorKind::usage);
    keys_ = std::move(*parsed);
}

// Calls take(key, bytes) for each of them until that says no, which leaves the rest; in a paste a key is a byte. Where
// the last may be a part of one, and `waits` says so, it is held.
template <class Take>
void DetachKeys::each_key(std::string_view& typed, bool waits, Take take) {
    for (bool goes_on = true; goes_on && !typed.empty();) {
        const TypedKey key(typed);
        if (waits && key.is_unfinished() && !paste_.is_open() && typed.size() <= longest_part) {
            part_ = std::exchange(typed, {});
            return;
        }
        const auto bytes = typed.substr(0, paste_.is_open() ? 1 : key.length());
        typed.remove_prefix(bytes.size());
        goes_on = take(key, bytes);
        paste_.take(bytes);
    }
}

std::string DetachKeys::take(std::string_view typed, Time now) {
    if (keys_.empty()) return std::string(typed);
    std::string out = expired(now);
    if (!typed.empty()) paste_.comes(now);
    if (found_) {
        behind_ += typed;
    } else if (!typed.empty()) {
        part_until_ = now + part_held_for;
        take_keys(std::exchange(part_, {}).append(typed), true, now, out);
    }
    return out;
}

void DetachKeys::take_keys(std::string_view typed, bool waits, Time now, std::string& out) {
    each_key(typed, waits, [&](const TypedKey& key, std::string_view bytes) {
        if (paste_.is_open())
            out += bytes;
        else if (!is_kept(key, bytes))
            match(key, bytes, now, out);
        return !found_;
    });
    behind_ += typed;
}

std::string DetachKeys::pass(std::string_view typed, Time now) {
    std::string out = flush();
    const std::string whole = std::exchange(part_, {}).append(typed);
    std::string_view left = whole;
    if (!typed.empty()) paste_.comes(now);
    each_key(left, false, [&](const TypedKey& key, std::string_view bytes) {
        if (paste_.is_open() || !is_kept(key, bytes)) out += bytes;
        return true;
    });
    return out;
}

// A key that is let go is kept where the program does not see that it was pressed, or not yet.
bool DetachKeys::is_kept(const TypedKey& key, std::string_view bytes) {
    const auto is_released = [&](const Key& one) { return key.is_release_of(one); };
    const auto held = keys_.begin() + static_cast<std::ptrdiff_t>(matched_);
    if (std::any_of(keys_.begin(), held, is_released)) {
        held_ += bytes;
        return true;
    }
    const bool is_found = std::any_of(down_.begin(), down_.end(), is_released);
    std::erase_if(down_, [&](const Key& one) { return key.is(one) || is_released(one); });
    return is_found;
}

void DetachKeys::match(const TypedKey& key, std::string_view bytes, Time now, std::string& out) {
    if (key.is_release() || key.is_modifier() || key.is_report()) {
        out += bytes;
        return;
    }
    if (!key.is(keys_[matched_])) out += flush();
    if (!key.is(keys_[matched_])) {
        out += bytes;
        return;
    }
    held_ += bytes;
    until_ = now + held_for;
    found_ = ++matched_ == keys_.size();
}

std::optional<DetachKeys::Time> DetachKeys::due() const {
    if (found_ || (held_.empty() && part_.empty())) return std::nullopt;
    if (part_.empty()) return until_;
    return held_.empty() ? part_until_ : std::min(until_, part_until_);
}

std::string DetachKeys::expired(Time now) {
    std::string out;
    if (found_) return out;
    if (!held_.empty() && now >= until_) out = flush();
    if (!part_.empty() && now >= part_until_) take_keys(std::exchange(part_, {}), false, now, out);
    return out;
}

std::string DetachKeys::start_over() {
    found_ = false;
    flush();
    down_ = keys_;
    return std::exchange(behind_, {});
}

std::string DetachKeys::flush() {
    matched_ = 0;
    return std::exchange(held_, {});
}

}  // namespace isag
