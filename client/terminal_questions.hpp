// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <string_view>

namespace isag::terminal {

// What a terminal says to a control sequence: nothing, its device attributes (DA1), or something else.
enum class Answer { none, attributes, other };

// The answer to a whole sequence that terminal_rules.hpp lets through, given with its introducer and without the BEL or
// ST that ends a string; of a picture the head will do.
Answer answer_to(std::string_view sequence);

// Of control sequences, by their final character.
inline constexpr std::array<bool, 128> finals_without_answer = [] {
    std::array<bool, 128> out{};
    for (const char c : std::string_view("ABCDEFGHJKLMPXZ`abdefgklrs@")) out[static_cast<unsigned char>(c)] = true;
    return out;
}();

// False for most of the control sequences (CSI body) that a program's output is full of: they have no answer, nor do
// they concern the title. Cheap.
inline bool is_notable(std::string_view body) {
    const char final = body.back();
    if (final == 'm') return body.front() == '?';
    if (final == 'h') return body.size() > 4;  // ?2048h
    if (!finals_without_answer[static_cast<unsigned char>(final) & 0x7f]) return true;
    return body.size() > 1 && body[body.size() - 2] < '0';  // intermediates
}

}  // namespace isag::terminal
