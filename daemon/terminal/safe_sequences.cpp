// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/safe_sequences.hpp"

namespace isag::terminal {
namespace {

constexpr char escape = '\x1b', cancel = '\x18', substitute = '\x1a', bell = '\a';

}  // namespace

std::string_view SafeSequences::pass(std::string_view output) {
    passed_.clear();
    std::size_t done = 0;
    for (std::size_t at = 0; at < output.size(); ++at) {
        if (state_ == State::text) at = output.find(escape, at);
        if (at == output.npos) break;
        const auto fate = take(output[at]);
        if (fate == Fate::kept) continue;
        passed_.append(output.substr(done, at - done));
        if (fate == Fate::cancelled) passed_ += cancel;
        done = at + 1;
    }
    return done == 0 ? output : passed_.append(output.substr(done));
}

// As libvterm finds control sequences: between ESC and [ it passes over control characters, intermediates (0x20 to
// 0x2f) and all that is not ASCII.
SafeSequences::Fate SafeSequences::take(char c) {
    const auto byte = static_cast<unsigned char>(c);
    const bool in_string = state_ == State::string || state_ == State::escape_in_string;
    if (c == escape) {
        state_ = state_ == State::string ? State::escape_in_string : State::escape;
    } else if (c == cancel || c == substitute || (c == bell && state_ == State::string)) {
        state_ = State::text;
    } else if (byte < 0x20 || byte == 0x7f) {
        return in_string ? Fate::dropped : Fate::kept;
    } else if (state_ == State::escape_in_string || state_ == State::escape) {
        const bool goes_on = byte < 0x30 || byte >= 0x80;
        const State next = c == '[' ? State::control : c == ']' || c == 'P' ? State::string : State::text;
        state_ = goes_on ? State::escape : next;
        count_ = 1;
    } else if (state_ == State::control) {
        if (byte >= 0x40) state_ = State::text;
        if (c == 'b') return Fate::cancelled;
        if (c == ';' || c == ':') ++count_;
        if (count_ > most_parameters && byte >= 0x30 && byte <= 0x3b) return Fate::dropped;
    }
    return Fate::kept;
}

}  // namespace isag::terminal
