// SPDX-License-Identifier: Apache-2.0
#include "common/terminal_colours.hpp"
#include "common/take_field.hpp"
#include <charconv>

// xterm's "Control Sequences" (OSC).
namespace isag {
namespace {

constexpr int palette = 4, special = 5;       // OSC 4 ; index ; colour ; index ; colour …
constexpr int foreground = 10, highest = 19;  // OSC 10 ; colour, and more for those that follow
constexpr int back = 100;                     // OSC 104, 110, … take back what OSC 4, 10, … changed
constexpr int most_indices = 512;
constexpr std::size_t longest_text = 64;

// -1: none.
int take_number(std::string_view& text) {
    const std::string_view digits = take_field(text, ';');
    int number = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    return error == std::errc() && end == digits.data() + digits.size() ? number : -1;
}

bool has_indices(int command) { return command == palette || command == special; }
std::string index_text(int command, int index) { return has_indices(command) ? ";" + std::to_string(index) : ""; }
bool is_single(int command) { return command >= foreground && command <= highest; }

std::string command_sequence(int command, const std::string& text) {
    return "\x1b]" + std::to_string(command) + text + "\a";
}

}  // namespace

void TerminalColours::take(std::string_view text) {
    int command = take_number(text);
    if (has_indices(command)) {
        while (!text.empty()) {
            const int index = take_number(text);
            set({command, index}, take_field(text, ';'));
        }
    } else if (is_single(command)) {
        for (; is_single(command) && !text.empty(); ++command) set({command, 0}, take_field(text, ';'));
    } else if (has_indices(command - back) && text.empty()) {
        for (int index = 0; index < most_indices; ++index) take_back({command - back, index});
    } else if (has_indices(command - back)) {
        while (!text.empty()) take_back({command - back, take_number(text)});
    } else if (is_single(command - back)) {
        take_back({command - back, 0});
    }
}

void TerminalColours::set(Place place, std::string_view text) {
    if (place.second < 0 || place.second >= most_indices || text.empty() || text == "?") return;
    colours_[place] = {true, std::string(text.size() <= longest_text ? text : std::string_view())};
}

void TerminalColours::take_back(Place place) {
    const auto it = colours_.find(place);
    if (it != colours_.end()) it->second = {};
}

std::string TerminalColours::reset(bool everything) const {
    std::map<int, std::string> indices;
    for (const auto& [place, colour] : colours_)
        if (everything || colour.is_changed) indices[place.first] += index_text(place.first, place.second);
    std::string out;
    for (const auto& [command, text] : indices) out += command_sequence(command + back, text);
    return out;
}

std::string TerminalColours::set_sequence() const {
    std::string out;
    for (const auto& [place, colour] : colours_) {
        if (colour.text.empty()) continue;
        out += command_sequence(place.first, index_text(place.first, place.second) + ";" + colour.text);
    }
    return out;
}

}  // namespace isag
