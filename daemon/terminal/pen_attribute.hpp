// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include <array>
#include <optional>
#include <string_view>

namespace isag::terminal {

// A colour as an SGR sequence gives it.
struct PenColour {
    bool is_indexed = false;      // of the 256; else red, green and blue
    std::array<int, 3> values{};  // 0 to 255; the first one only where it is indexed
};

// One attribute of an SGR sequence (ECMA-48 8.3.117), with all that belongs to it.
struct PenAttribute {
    std::string_view text;            // its first parameter, as it was written
    int number = 0;                   // what it sets
    std::optional<PenColour> colour;  // where it sets one and gives one that there is

    // It sets the colour of the text, of what is behind it, or of the underline.
    bool is_colour() const { return number == 38 || number == 48 || number == 58; }
};

// Whether a sequence is SGR.
bool sets_pen(const ControlSequence& sequence);

// Takes the first attribute off the parameters of one. A colour may come in parameters of its own (38;5;n and
// 38;2;r;g;b) or in subparameters (38:5:n, 38:2:r:g:b, and with a colour space 38:2::r:g:b).
PenAttribute take_attribute(std::string_view& parameters);

}  // namespace isag::terminal
