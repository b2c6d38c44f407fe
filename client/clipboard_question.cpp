// SPDX-License-Identifier: Apache-2.0
#include "client/clipboard_question.hpp"
#include <algorithm>
#include <utility>

namespace isag {
namespace {

// OSC 52 ; selections ; base64: what it holds, in bytes (RFC 4648, section 4).
std::size_t size_of(std::string_view sequence) {
    const auto begin = sequence.rfind(';');
    const auto text = sequence.substr(begin == sequence.npos ? sequence.size() : begin + 1);
    const auto end = text.find_first_of("=\a\x1b");
    return std::min(end, text.size()) * 3 / 4;
}

}  // namespace

ClipboardQuestion::ClipboardQuestion(const std::string& detach_keys)
    : first_key_(detach_keys.substr(0, detach_keys.find(','))) {
    const DetachKeys checked(first_key_);
}

void ClipboardQuestion::ask(std::string sequence, Time now) {
    if (asked_) ++kept_;
    if (first_key_.empty()) {
        ++kept_;
        return;
    }
    title_ = "copies " + std::to_string(size_of(sequence)) + " bytes to the clipboard? " + first_key_ + " y lets it";
    asked_ = std::move(sequence);
    if (!answer_) answer_.emplace(first_key_ + ",y");
    until_ = now + stands_for;
}

std::string ClipboardQuestion::take(std::string_view typed, Time now) {
    if (!answer_) return std::string(typed);
    std::string out = answer_->take(typed, now);
    if (!answer_->found()) return out;
    permitted_ = std::exchange(asked_, std::nullopt);
    close();
    return out;
}

void ClipboardQuestion::close() {
    answer_.reset();
    title_ = "";
}

std::optional<ClipboardQuestion::Time> ClipboardQuestion::due() const {
    if (!answer_) return std::nullopt;
    return std::min(until_, answer_->due().value_or(until_));
}

std::string ClipboardQuestion::expired(Time now) {
    if (!answer_) return {};
    std::string out = answer_->expired(now);
    if (now < until_ || answer_->due()) return out;
    if (std::exchange(asked_, std::nullopt)) ++kept_;
    close();
    return out;
}

std::optional<std::string> ClipboardQuestion::take_permitted() { return std::exchange(permitted_, std::nullopt); }
std::optional<std::string> ClipboardQuestion::take_title() { return std::exchange(title_, std::nullopt); }

}  // namespace isag
