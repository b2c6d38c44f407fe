// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace isag {

// A terminal's own colours as far as programs change them: the palette (OSC 4 and 5), foreground, background, cursor
// and the like (OSC 10 to 19). No I/O.
class TerminalColours {
public:
    // The text of an OSC.
    void take(std::string_view text);
    // What takes back those that are changed now.
    std::string reset_sequence() const { return reset(false); }
    // Those that ever were.
    std::string reset_everything() const { return reset(true); }
    // What changes those of another terminal.
    std::string set_sequence() const;

private:
    using Place = std::pair<int, int>;  // the OSC, and the number in its palette
    struct Colour {
        bool is_changed = false;
        std::string text;  // as it was given
    };
    void set(Place place, std::string_view text);
    void take_back(Place place);
    std::string reset(bool everything) const;

    std::map<Place, Colour> colours_;
};

}  // namespace isag
