// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/terminal/pen_attribute.hpp"
#include <optional>
#include <string>
#include <string_view>

namespace isag::terminal {

// The attributes of the pen that libvterm doesn't know. It keeps most of them all the same, as the number of a font
// (SGR 10 to 19), which it does know and nobody uses.
struct ExtraAttributes {
    bool faint = false;      // SGR 2
    bool concealed = false;  // SGR 8
    bool overlined = false;  // SGR 53
    // SGR 58. Too large for a font: what was written with it has a mark (CellMarks).
    std::optional<PenColour> underline = std::nullopt;

    // Takes the parameters of an SGR sequence (ECMA-48 8.3.117).
    void take(std::string_view parameters);

    // 0 to 7.
    int font() const { return (faint ? 1 : 0) | (concealed ? 2 : 0) | (overlined ? 4 : 0); }
    static ExtraAttributes of_font(int font) { return {(font & 1) != 0, (font & 2) != 0, (font & 4) != 0}; }
    // Takes what a font says; the rest stays.
    void take_font(int font);

    // What gives a pen that has none the colour of the underline. Its form is one that terminals which don't know it
    // pass over.
    std::string underline_sequence() const;
};

}  // namespace isag::terminal
