// SPDX-License-Identifier: Apache-2.0
#include "common/terminal_modes.hpp"
#include "common/take_field.hpp"
#include <algorithm>
#include <array>
#include <charconv>
#include <numeric>

// xterm's "Control Sequences" (the private modes).
namespace isag {
namespace {

struct KnownMode {
    int number;
    bool usual;               // how a terminal starts
    bool is_persons = false;  // who may have chosen otherwise: taken back only where a program set it
};
constexpr std::array<KnownMode, 31> known_modes{{
    {1, false},           // application cursor keys
    {5, false},           // reverse video
    {6, false},           // origin mode
    {7, true},            // autowrap
    {8, true},            // keys repeat
    {9, false},           // X10 mouse
    {25, true},           // cursor shown
    {47, false},          // alternate screen
    {69, false},          // left and right margins
    {1000, false},        // mouse: buttons
    {1001, false},        // mouse: highlighting
    {1002, false},        // mouse: drag
    {1003, false},        // mouse: all motion
    {1004, false},        // focus events
    {1005, false},        // mouse coordinates: UTF-8
    {1006, false},        // mouse coordinates: SGR
    {1015, false},        // mouse coordinates: urxvt
    {1016, false},        // mouse coordinates: pixels
    {1047, false},        // alternate screen
    {1049, false},        // alternate screen, cursor saved
    {1050, false, true},  // function keys: terminfo's
    {1051, false, true},  // function keys: Sun's
    {1052, false, true},  // function keys: HP's
    {1053, false, true},  // function keys: SCO's
    {1060, false, true},  // keyboard: X11R6's
    {1061, false, true},  // keyboard: VT220's
    {2004, false},        // bracketed paste
    {2026, false},        // synchronized output
    {2031, false},        // reports of dark and light themes
    {2048, false},        // reports of a new size
    {9001, false},        // keys as Windows has them
}};
constexpr int origin_mode = 6;
constexpr int keypad_mode = 66;  // the same as ESC = and ESC >
constexpr int margins_mode = 69;
constexpr int synchronized_output = 2026;
constexpr std::size_t deepest_keyboard = 99;
constexpr std::size_t most_key_settings = 16;
constexpr const char* usual_charsets = "\x0f\x1b)B\x1b*B\x1b+B";  // G0 is used again (SI), and the others are ASCII

bool is_alternate_screen(int mode) { return mode == 47 || mode == 1047 || mode == 1049; }

int number_in(std::string_view text) {
    int number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

// The parameters of DECSTBM or DECSLRM; none where the second is not behind the first, which sets nothing.
std::string_view valid_range(std::string_view parameters) {
    const auto semicolon = std::min(parameters.find(';'), parameters.size());
    const int first = std::max(number_in(parameters), 1);
    const int last = number_in(parameters.substr(std::min(semicolon + 1, parameters.size())));
    return last == 0 || last > first ? parameters : std::string_view();
}

std::string private_mode(int mode, bool on) { return "\x1b[?" + std::to_string(mode) + (on ? "h" : "l"); }

std::string pop_keyboard(std::size_t depth) {
    return depth == 0 ? std::string() : "\x1b[<" + std::to_string(depth) + "u";
}

}  // namespace

void TerminalModes::take(const ControlSequence& sequence) {
    using Kind = ControlSequence::Kind;
    if (sequence.kind == Kind::escape) take_escape(sequence);
    if (sequence.kind == Kind::control) take_control(sequence);
    if (sequence.kind == Kind::command) take_command(sequence.text);
}

void TerminalModes::take_escape(const ControlSequence& sequence) {
    take_charset(sequence);
    if (!sequence.text.empty()) return;
    if (sequence.final == '=' || sequence.final == '>') keypad_ = sequence.final == '=';
    if (sequence.final == 'c') *this = TerminalModes();  // RIS
}

// ESC ( and so on for sets of 94 characters in G0 to G3, ESC - and so on for those of 96 in G1 to G3.
void TerminalModes::take_charset(const ControlSequence& sequence) {
    constexpr std::string_view designators = "()*+-./";
    const auto which = sequence.text.empty() ? designators.npos : designators.find(sequence.text[0]);
    if (which == designators.npos) return;
    const bool is_usual = which < charsets_.size() && sequence.text.size() == 1 && sequence.final == 'B';
    auto& set = charsets_[which < charsets_.size() ? which : which - charsets_.size() + 1];
    set = is_usual ? std::string() : "\x1b" + std::string(sequence.text) + sequence.final;
}

void TerminalModes::take_control(const ControlSequence& sequence) {
    const auto p = sequence.text;
    const char final = sequence.final;
    if ((final == 'h' || final == 'l') && p.starts_with('?')) return set_private_modes(p.substr(1), final == 'h');
    if (final == 'h' || final == 'l') return set_modes(p, final == 'h');
    if (final == 'u') return take_keyboard(p);
    if (final == 'm' && p.starts_with(">4")) {
        other_keys_ = p.size() > 3 ? number_in(p.substr(3)) : 0;
    } else if (final == 'm' && p.starts_with('>')) {
        const int setting = number_in(p.substr(1));
        if (p.find(';') == p.npos)
            key_settings_.erase(setting);
        else if (key_settings_.size() < most_key_settings)
            key_settings_.insert(setting);
    } else if (final == 'm' && p.find_first_not_of("0123456789;:") == p.npos) {
        const auto last = p.substr(p.rfind(';') == p.npos ? 0 : p.rfind(';') + 1);
        graphics_ = !(p.empty() || (p.find(';') == p.npos && number_in(last) == 0));
    } else if (final == 'q' && p.ends_with(' ')) {
        cursor_shape_ = number_in(p);
    } else if (final == 'r' && p.find_first_not_of("0123456789;") == p.npos) {
        region_ = valid_range(p);
    } else if (final == 's' && has_margins()) {
        margins_ = valid_range(p);
    } else if (final == 'p' && p == "!") {  // DECSTR
        for (const int mode : {1, 6, 7, 25}) modes_.erase(mode);
        insert_ = keypad_ = graphics_ = false;
        charsets_ = {};
        region_.clear();
    }
}

void TerminalModes::take_command(std::string_view text) {
    if (text.starts_with("0;") || text.starts_with("2;")) title_ = text.substr(2);
    if (text.starts_with("8;")) take_link(text.substr(2));
    colours_.take(text);
}

// https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda: an empty address ends a link.
void TerminalModes::take_link(std::string_view text) {
    if (text.size() > longest_link) return;
    const bool has_address = text.find(';') < text.size() - 1;
    link_ = has_address ? text : std::string_view();
}

void TerminalModes::set_modes(std::string_view parameters, bool on) {
    while (!parameters.empty()) {
        const auto mode = take_field(parameters, ';');
        if (mode == "4") insert_ = on;
        if (mode == "20") newline_ = on;
    }
}

void TerminalModes::set_private_modes(std::string_view parameters, bool on) {
    while (!parameters.empty()) {
        const int number = number_in(take_field(parameters, ';'));
        if (number == keypad_mode) keypad_ = on;
        const auto* const mode = std::find_if(known_modes.begin(), known_modes.end(),
                                              [&](const KnownMode& known) { return known.number == number; });
        if (mode == known_modes.end()) continue;
        if (is_alternate_screen(number)) {
            alternate_ = on;
            if (!on) std::erase_if(modes_, [](const auto& entry) { return is_alternate_screen(entry.first); });
        }
        if (number == margins_mode && !on) margins_.clear();
        if (on == mode->usual)
            modes_.erase(number);
        else
            modes_[number] = on;
    }
}

// https://sw.kovidgoyal.net/kitty/keyboard-protocol: CSI > flags u pushes, CSI < count u pops, CSI = flags ; how u
// changes the topmost (how: 1 sets, 2 adds, 3 takes away); each screen has a stack.
void TerminalModes::take_keyboard(std::string_view parameters) {
    auto& stack = keyboard_[alternate_ ? 1 : 0];
    const char what = parameters.empty() ? ' ' : parameters.front();
    const int number = parameters.empty() ? 0 : number_in(parameters.substr(1));
    if (what == '>' && stack.size() < deepest_keyboard) stack.push_back(number);
    if (what == '<')
        stack.resize(stack.size() - std::min<std::size_t>(stack.size(), static_cast<std::size_t>(std::max(number, 1))));
    if (what != '=') return;
    if (stack.empty()) stack.push_back(0);
    const auto semicolon = parameters.find(';');
    const int how = semicolon == parameters.npos ? 1 : number_in(parameters.substr(semicolon + 1));
    int& flags = stack.back();
    flags = how == 2 ? flags | number : how == 3 ? flags & ~number : number;
}

std::string TerminalModes::reset_sequence() const {
    std::string out;
    if (modes_.contains(synchronized_output)) out += private_mode(synchronized_output, false);
    if (alternate_) out += pop_keyboard(keyboard_[1].size());
    if (!region_.empty()) out += "\x1b[r";
    for (const auto& [mode, on] : modes_)
        if (mode != synchronized_output) out += private_mode(mode, !on);
    out += pop_keyboard(keyboard_[0].size());
    if (other_keys_ != 0) out += "\x1b[>4;0m";
    if (keypad_) out += "\x1b>";
    if (insert_) out += "\x1b[4l";
    if (newline_) out += "\x1b[20l";
    for (const int setting : key_settings_) out += "\x1b[>" + std::to_string(setting) + "m";
    if (!charsets_[0].empty()) out += "\x1b(B";
    if (std::any_of(charsets_.begin() + 1, charsets_.end(), [](const auto& set) { return !set.empty(); }))
        out += usual_charsets;
    if (cursor_shape_ != 0) out += "\x1b[0 q";
    if (graphics_) out += "\x1b[0m";
    if (!link_.empty()) out += end_of_link;
    return out + colours_.reset_sequence();
}

std::string TerminalModes::reset_everything() const {
    const std::string pop = pop_keyboard(deepest_keyboard);
    std::string out = pop + "\x1b[r";
    for (const auto& mode : known_modes)
        if (!mode.is_persons || modes_.contains(mode.number)) out += private_mode(mode.number, mode.usual);
    return out + pop + "\x1b[>4;0m\x1b>\x1b[4l\x1b[20l\x1b(B" + usual_charsets + "\x1b[0 q\x1b[0m" + end_of_link +
           colours_.reset_everything();
}

std::string TerminalModes::set_sequence() const {
    std::string out;
    if (!region_.empty()) out += "\x1b[" + region_ + "r";
    for (const auto& [mode, on] : modes_)
        if (mode != synchronized_output && !is_alternate_screen(mode)) out += private_mode(mode, on);
    if (!margins_.empty()) out += "\x1b[" + margins_ + "s";
    if (other_keys_ != 0) out += "\x1b[>4;" + std::to_string(other_keys_) + "m";
    if (keypad_) out += "\x1b=";
    if (cursor_shape_ != 0) out += "\x1b[" + std::to_string(cursor_shape_) + " q";
    if (!title_.empty()) out += "\x1b]2;" + title_ + "\x07";
    return out + colours_.set_sequence();
}

std::string TerminalModes::set_text_sequence() const {
    return std::string(insert_ ? "\x1b[4h" : "") + (newline_ ? "\x1b[20h" : "") +
           std::accumulate(charsets_.begin(), charsets_.end(), std::string());
}

int TerminalModes::alternate_screen() const {
    const auto mode = std::find_if(modes_.rbegin(), modes_.rend(),
                                   [](const auto& entry) { return is_alternate_screen(entry.first); });
    return mode == modes_.rend() ? 0 : mode->first;
}

std::string TerminalModes::push_keyboard(bool of_alternate) const {
    std::string out = of_alternate ? pop_keyboard(deepest_keyboard) : std::string();
    for (const int flags : keyboard_[of_alternate ? 1 : 0]) out += "\x1b[>" + std::to_string(flags) + "u";
    return out;
}

bool TerminalModes::has_origin() const { return modes_.contains(origin_mode); }
bool TerminalModes::has_margins() const { return modes_.contains(margins_mode); }

int TerminalModes::origin_row() const {
    return has_origin() && !region_.empty() ? std::max(number_in(region_), 1) - 1 : 0;
}

int TerminalModes::origin_column() const {
    return has_origin() && !margins_.empty() ? std::max(number_in(margins_), 1) - 1 : 0;
}

}  // namespace isag
