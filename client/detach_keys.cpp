// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <utility>

namespace isag {
namespace {

// A control key is a byte, or where a program has asked for it an escape sequence: of kitty's keyboard protocol, or of
// xterm's modifyOtherKeys. (5: Control.)
std::vector<std::string> forms_of(const std::string& key) {
    if (key.size() == 1 && key[0] > ' ' && key[0] != 0x7f) return {key};
    if (!key.starts_with("ctrl-") || key.size() != 6) return {};
    const char c = key[5];
    const bool letter = c >= 'a' && c <= 'z';
    if (!letter && std::string("@[\\]^_").find(c) == std::string::npos) return {};
    const std::string number = std::to_string(static_cast<int>(c));
    return {std::string(1, static_cast<char>(c & 0x1f)), "\x1b[" + number + ";5u", "\x1b[" + number + ";5:1u",
            "\x1b[27;5;" + number + "~"};
}

}  // namespace

DetachKeys::DetachKeys(const std::string& keys) {
    for (std::size_t begin = 0; begin < keys.size();) {
        const auto end = std::min(keys.find(',', begin), keys.size());
        keys_.push_back(forms_of(keys.substr(begin, end - begin)));
        if (keys_.back().empty())
            throw Error("'" + keys + "' can't be detach keys",
                        "for example: ctrl-p,ctrl-q, or ctrl-] alone; '' for none", ErrorKind::usage);
        begin = end + 1;
    }
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
