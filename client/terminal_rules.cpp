// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_rules.hpp"
#include "common/take_field.hpp"
#include "common/terminal_modes.hpp"
#include "common/utf8.hpp"
#include <algorithm>
#include <cctype>

namespace isag::terminal {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view hexadecimal = "0123456789abcdefABCDEF";
constexpr std::string_view alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool only(std::string_view text, std::string_view set, std::string_view more = {}) {
    return std::all_of(text.begin(), text.end(),
                       [&](char c) { return set.find(c) != set.npos || more.find(c) != more.npos; });
}

template <class List>
bool is_one_of(std::string_view text, const List& list) {
    return std::find(std::begin(list), std::end(list), text) != std::end(list);
}

// A click opens the address on the host: with file: a program that the agent wrote into a mount, with others (vscode:,
// ssh:, …) whatever the host has installed for them. mailto: can name files to attach, after a question mark. One that
// is longer could not be ended behind the program (TerminalModes).
bool is_link(std::string_view text) {
    if (text.size() > TerminalModes::longest_link) return false;
    take_field(text, ';');
    const auto begins = [&](std::string_view scheme) {
        return text.size() >= scheme.size() &&
               std::equal(scheme.begin(), scheme.end(), text.begin(),
                          [](char a, char b) { return a == std::tolower(static_cast<unsigned char>(b)); });
    };
    if (begins("mailto:")) return text.find('?') == text.npos;
    return text.empty() || begins("http://") || begins("https://");
}

// A notification, or a progress bar (4). ConEmu has commands under the other numbers: 6 and 7 run programs.
bool is_notice(std::string_view text) {
    const std::string_view first = text.substr(0, text.find(';'));
    return first == "4" || first.empty() || !only(first, digits);
}

// kitty answers with the notification's identifier when it is clicked or closed, and tells what it can (p=?).
bool is_kitty_notice(std::string_view text) { return only(take_field(text, ';'), alphanumeric, "_+-./,=:"); }

// https://www.superlogical.com/rex/docs/build/program-status; the answer to ? is the question.
bool is_program_status(std::string_view text) { return text == "?" || only(text, alphanumeric, "_.,+/=-:"); }

// iTerm2's. Elsewhere the number is a way into a browser, by other words.
bool is_tab_status(std::string_view text) {
    constexpr std::string_view keys[] = {"indicator", "status", "status-color", "detail"};
    while (!text.empty()) {
        std::string_view field = take_field(text, ';');
        if (field.find('=') == field.npos || !is_one_of(take_field(field, '='), keys)) return false;
    }
    return true;
}

bool is_urxvt_notice(std::string_view text) { return text.starts_with("notify;"); }

// The mouse pointer's shape; asked for it, a terminal may repeat a name.
bool is_no_query(std::string_view text) { return !text.starts_with('?'); }

// Not here, on purpose: 3 (X properties), 7 and 633 (a folder for new windows, of which the agent knows no true one),
// 21 (kitty repeats unknown names in its answer), 46 (log file), 50 (font; xterm's answer, Konsole's profiles), 52 (see
// is_clipboard_write), 1337 (iTerm2: files, clipboard, and much else), 5113 (kitty: files), 5522 (kitty: clipboard).
constexpr std::string_view plain_commands[] = {
    "0",   "1",   "2",                                                    // titles
    "4",   "5",   "104", "105",                                           // colours: asked, set and reset
    "10",  "11",  "12",  "13",  "14",  "15",  "16",  "17",  "18",  "19",  // foreground, background, cursor, ...
    "110", "111", "112", "113", "114", "115", "116", "117", "118", "119",
    "66",   // kitty's text sizes
    "133",  // a shell's prompts and commands
};
struct Command {
    std::string_view number;
    bool (*may_pass)(std::string_view text);
};
constexpr Command checked_commands[] = {
    {"8", is_link},           {"9", is_notice},         {"22", is_no_query},
    {"99", is_kitty_notice},  {"777", is_urxvt_notice}, {"7501", is_program_status},
    {"21337", is_tab_status},
};

// Where a terminal's count may wrap.
constexpr int too_large = 65536;

// The number that a parameter is, or too_large.
int number_in(std::string_view text) {
    int number = 0;
    for (const char c : text.substr(0, std::min(text.find_first_not_of(digits), text.size())))
        number = std::min(number * 10 + (c - '0'), too_large);
    return number;
}

// 2 l makes a VT52 of the terminal, which reads all that follows in another way; 2 h locks the keyboard; 5522 replaces
// pasting by what only OSC 5522 can read.
bool may_set_modes(bool is_private, std::string_view parameters, char final) {
    while (!parameters.empty()) {
        const int number = number_in(take_field(parameters, ';'));
        if (number == too_large) return false;
        if (is_private && number == 2 && (final == 'l' || final == 'r')) return false;
        if (is_private && number == 5522 && final == 'h') return false;
        if (!is_private && number == 2 && final == 'h') return false;
    }
    return true;
}

// 20 and 21 answer with the titles.
bool may_ask_window(std::string_view parameters) {
    const int number = number_in(parameters);
    return number != 20 && number != 21 && number != too_large;
}

}  // namespace

bool is_clean(std::string_view text) {
    while (!text.empty()) {
        const std::size_t length = utf8_length(text);
        if (length == 0 || is_c1_control(text.substr(0, length))) return false;
        text.remove_prefix(length);
    }
    return true;
}

bool may_pass_escape(std::string_view body) {
    if (body.empty()) return false;
    constexpr std::string_view alone = "6789<=>DEHMNOVWZ\\cglmno|}~";
    if (body.size() == 1) return alone.find(body[0]) != alone.npos;
    if (body.size() > 3) return false;
    constexpr std::string_view charset_for = "()*+-./";
    if (charset_for.find(body[0]) != charset_for.npos)
        return std::string_view("[]PX^_k\\").find(body.back()) == std::string_view::npos;
    // With ESC % @ the terminal would leave UTF-8, and take the bytes of some characters for C1 controls; with ESC SP G
    // it would answer in these.
    return body == "%G" || body == " F" || (body.size() == 2 && body[0] == '#' && body[1] >= '3' && body[1] <= '8');
}

bool may_pass_control(std::string_view body) {
    const char final = body.back();
    body.remove_suffix(1);
    const bool has_prefix = !body.empty() && body[0] >= '<' && body[0] <= '?';
    const std::string_view inner = body.substr(has_prefix ? 1 : 0);
    const auto end = std::min(inner.find_first_not_of("0123456789:;"), inner.size());
    const std::string_view parameters = inner.substr(0, end);
    const std::string_view intermediates = inner.substr(end);
    for (const char c : intermediates)
        if (c > '/') return false;  // parameters after intermediates, or a second prefix: terminals differ
    switch (final) {
        case 'h':
        case 'l':
        case 'r':
            if (!intermediates.empty()) return final == 'r' && !has_prefix;  // DECCARA
            return parameters.find(':') == parameters.npos && may_set_modes(has_prefix, parameters, final);
        case 't':
            return !has_prefix && may_ask_window(parameters);
        case 'i':  // prints, and lets what follows go to the printer
        case 'y':  // DECRQCRA: a checksum tells what stands in a cell of the screen
        case '[':  // Linux: the next character is eaten
        case ']':  // Linux: other consoles, power saving
            return false;
        case 'p':  // DECSCL to a level whose answers have 8-bit controls, which are no UTF-8
            return intermediates != "\"" || parameters == "61" ||
                   (parameters.size() == 4 && parameters[0] == '6' && parameters.ends_with(";1"));
        case 'z':
            return intermediates != "*";  // DECINVM: runs what DECDMAC has stored
        default:
            return true;
    }
}

bool may_pass_command(std::string_view body) {
    const std::string_view number = take_field(body, ';');
    const auto* const checked = std::find_if(std::begin(checked_commands), std::end(checked_commands),
                                             [&](const Command& command) { return command.number == number; });
    const bool known =
        checked == std::end(checked_commands) ? is_one_of(number, plain_commands) : checked->may_pass(body);
    return known && is_clean(body);
}

bool is_linux_palette(std::string_view body) {
    if (body.size() == 1) return body[0] == 'R';
    return body.size() == 8 && body[0] == 'P' && only(body.substr(1), hexadecimal);
}

bool is_clipboard_write(std::string_view body) {
    if (std::count(body.begin(), body.end(), ';') != 2 || take_field(body, ';') != "52") return false;
    return only(take_field(body, ';'), "cpqs01234567") && only(body, alphanumeric, "+/=");
}

Fate fate_of_request(std::string_view head) {
    constexpr std::string_view held[] = {"$q", "+q", "=1s", "=2s", "z"};
    if (is_one_of(head, held)) return Fate::hold;
    const bool is_sixel = head.ends_with('q') && only(head.substr(0, head.size() - 1), digits, ";");
    return is_sixel ? Fate::pass : Fate::drop;
}

// Old terminals answer DECRQSS ($q) with whatever they were asked for, so only settings that exist are asked for.
// XTGETTCAP (+q) repeats the name in hexadecimal, which no shell runs. The rest: synchronized updates as iTerm2 began
// them, and a string without a meaning by which vim sees whether the terminal knows to skip one.
bool may_pass_request(std::string_view body) {
    constexpr std::string_view settings[] = {"m", " q", "r", "s", "\"p", "\"q"};
    if (body.starts_with("$q")) return is_one_of(body.substr(2), settings);
    if (body.starts_with("+q")) return only(body.substr(2), hexadecimal, ";");
    return body == "=1s" || body == "=2s" || body == "zz";
}

// t says where the picture is: d in the payload; f, t and s in files and shared memory of the host, which the terminal
// would read, and with t remove.
bool may_pass_graphics(std::string_view head) {
    if (!head.starts_with('G')) return false;
    head.remove_prefix(1);
    while (!head.empty()) {
        const std::string_view pair = take_field(head, ',');
        if (pair.size() < 3 || pair[1] != '=' || !only(pair.substr(0, 1), alphanumeric)) return false;
        const std::string_view value = pair.substr(2);
        if (!only(value, alphanumeric, "-") || (pair[0] == 't' && value != "d")) return false;
    }
    return true;
}

}  // namespace isag::terminal
