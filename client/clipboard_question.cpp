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
    : first_key_(detach_keys.empty() ? "ctrl-p" : detach_keys.substr(0, detach_keys.find(','))),
      answer_(first_key_ + ",y") {}

void ClipboardQuestion::ask(std::string sequence, Time now) {
    if (asked_) ++kept_;
    title_ = "copies " + std::to_string(size_of(sequence)) + " bytes to the clipboard? " + first_key_ + " y lets it";
    asked_ = std::move(sequence);
    until_ = now + stands_for;
}

std::string ClipboardQuestion::take(std::string_view typed, Time now) {
    if (!asked_) return answer_.pass(typed, now);
    std::string out = answer_.take(typed, now);
    return answer_.found() ? out + permit(now) : out;
}

// What was typed behind the answer.
std::string ClipboardQuestion::permit(Time now) {
    permitted_ = std::exchange(asked_, std::nullopt);
    title_ = "";
    return answer_.pass(answer_.start_over(), now);
}

std::optional<ClipboardQuestion::Time> ClipboardQuestion::due() const {
    if (!asked_) return std::nullopt;
    return std::min(until_, answer_.due().value_or(until_));
}

std::string ClipboardQuestion::expired(Time now) {
    if (!asked_) return {};
    std::string out = answer_.expired(now);
    if (answer_.found()) return out + permit(now);
    if (now < until_ || answer_.due()) return out;
    asked_.reset();
    ++kept_;
    title_ = "";
    return out;
}

std::optional<std::string> ClipboardQuestion::take_permitted() { return std::exchange(permitted_, std::nullopt); }
std::optional<std::string> ClipboardQuestion::take_title() { return std::exchange(title_, std::nullopt); }

}  // namespace isag
