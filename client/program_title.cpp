// SPDX-License-Identifier: Apache-2.0
#include "client/program_title.hpp"
#include <algorithm>

namespace isag {
namespace {

constexpr std::size_t deepest = 10;  // as xterm's stack

std::string setting(char number, std::string_view title) {
    return std::string("\x1b]") + number + ";" + std::string(title) + "\x07";
}

// CSI 22 or 23 ; what ... t: '2' saves, '3' brings back; of the icon's name alone (1) there is nothing to know.
char stack_operation(std::string_view sequence) {
    if (sequence.size() < 5 || sequence.back() != 't' || !sequence.starts_with("\x1b[2")) return 0;
    const std::string_view rest = sequence.substr(4, sequence.size() - 5);
    if (!rest.empty() && (rest[0] != ';' || rest.substr(1, rest.find(';', 1) - 1) == "1")) return 0;
    return sequence[3] == '2' || sequence[3] == '3' ? sequence[3] : '\0';
}

}  // namespace

bool ProgramTitle::take(std::string_view sequence) {
    if (sequence.starts_with("\x1b]1;")) is_icon_name_too_ = false;
    if (sequence.starts_with("\x1b]0;") || sequence.starts_with("\x1b]2;")) {
        title_ = sequence.substr(4);
        if (sequence[2] == '0') is_icon_name_too_ = kept_back_;
        return kept_back_;
    }
    const char operation = stack_operation(sequence);
    if (operation == '2') push();
    if (operation == '3') pop();
    return operation != 0 && kept_back_;
}

void ProgramTitle::push() {
    stack_.push_back(title_);
    if (stack_.size() > deepest) {
        stack_.erase(stack_.begin());
        saved_ -= std::min<std::size_t>(saved_, 1);
    }
    if (!kept_back_) saved_ = stack_.size();
}

void ProgramTitle::pop() {
    if (kept_back_ && saved_ == stack_.size() && pops_ < deepest) ++pops_;
    title_.reset();
    if (!stack_.empty()) {
        title_ = std::move(stack_.back());
        stack_.pop_back();
    }
    saved_ = std::min(saved_, stack_.size());
}

std::string ProgramTitle::replace(std::string_view text) {
    kept_back_ = true;
    return setting('2', text);
}

std::string ProgramTitle::put_back(std::string_view otherwise) {
    std::string out;
    for (; pops_ > 0; --pops_) out += "\x1b[23;0t";
    for (; saved_ < stack_.size(); ++saved_)
        out += setting('2', stack_[saved_].value_or(std::string(otherwise))) + "\x1b[22;0t";
    out += setting(is_icon_name_too_ ? '0' : '2', title_ ? std::string_view(*title_) : otherwise);
    kept_back_ = is_icon_name_too_ = false;
    return out;
}

}  // namespace isag
