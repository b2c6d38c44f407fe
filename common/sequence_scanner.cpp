// SPDX-License-Identifier: Apache-2.0
#include "common/sequence_scanner.hpp"

namespace isag {
namespace {

constexpr char escape = '\x1b', bell = '\x07', cancel = '\x18', substitute = '\x1a';

bool is_c0(char c) { return static_cast<unsigned char>(c) < 0x20; }

}  // namespace

std::size_t SequenceScanner::next(std::string_view output) {
    if (has_ended_) text_.clear();
    has_ended_ = false;
    std::size_t i = 0;
    while (i < output.size() && !has_ended_) {
        if (state_ == State::ground) {
            i = output.find(escape, i);
            if (i == std::string_view::npos) return output.size();
        }
        take(output[i++]);
    }
    return i;
}

void SequenceScanner::take(char c) {
    if (c == escape) {
        if (state_ == State::command) end(ControlSequence::Kind::command, c);
        state_ = State::escape;
        too_long_ = false;
        if (!has_ended_) text_.clear();
    } else if (c == cancel || c == substitute) {
        state_ = State::ground;
    } else if (state_ == State::escape) {
        take_escape(c);
    } else if (state_ == State::control) {
        take_control(c);
    } else if (state_ == State::command) {
        take_command(c);
    }
}

void SequenceScanner::take_escape(char c) {
    if (is_c0(c)) return;  // a control character inside acts by itself
    if (c >= 0x20 && c <= 0x2f) return collect(c, longest_control);
    if (text_.empty() && c == '[') return begin(State::control);
    if (text_.empty() && c == ']') return begin(State::command);
    if (text_.empty() && (c == 'P' || c == 'X' || c == '^' || c == '_'))
        return begin(State::string);  // DCS, SOS, PM, APC
    end(ControlSequence::Kind::escape, c);
}

void SequenceScanner::take_control(char c) {
    if (is_c0(c)) return;
    if (c >= 0x40 && c <= 0x7e) return end(ControlSequence::Kind::control, c);
    collect(c, longest_control);
}

void SequenceScanner::take_command(char c) {
    if (c == bell) return end(ControlSequence::Kind::command, c);
    if (!is_c0(c)) collect(c, longest_command);
}

void SequenceScanner::begin(State state) {
    state_ = state;
    text_.clear();
    too_long_ = false;
}

void SequenceScanner::collect(char c, std::size_t limit) {
    if (text_.size() < limit)
        text_ += c;
    else
        too_long_ = true;
}

void SequenceScanner::end(ControlSequence::Kind kind, char final) {
    state_ = State::ground;
    has_ended_ = !too_long_;
    ended_ = {kind, text_, final};
}

}  // namespace isag
