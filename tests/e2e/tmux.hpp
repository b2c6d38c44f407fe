// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/e2e/home.hpp"
#include <algorithm>
#include <cstdlib>
#include <doctest/doctest.h>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace isag::test {

// tmux (tmux(1)) with a session a terminal: an emulator that is not the one isagd keeps its screens with.
class Tmux {
public:
    explicit Tmux(const Home& home) : home_(home) {}
    ~Tmux() { call({"kill-server"}); }
    struct Size {
        int columns = 100;
        int rows = 30;
    };
    void start(const std::string& session, const std::vector<std::string>& command) const {
        start(session, command, Size());
    }
    void start(const std::string& session, const std::vector<std::string>& command, const Size& size) const {
        std::vector<std::string> words{"-f",          "/dev/null",
                                       "new-session", "-d",
                                       "-s",          session,
                                       "-x",          std::to_string(size.columns),
                                       "-y",          std::to_string(size.rows)};
        words.insert(words.end(), command.begin(), command.end());
        REQUIRE(call(words).status == 0);
    }
    void type(const std::string& session, const std::string& keys) const {
        call({"send-keys", "-t", session, "-l", keys});
    }
    void press(const std::string& session, const std::string& key) const { call({"send-keys", "-t", session, key}); }
    // Every cell with its colours, the cursor, the modes that tmux tells, and the title.
    std::string shown(const std::string& session) const {
        return call({"capture-pane", "-e", "-p", "-t", session}).out + "\x1b[m" +
               call({"display", "-p", "-t", session,
                     "#{cursor_x},#{cursor_y} alternate #{alternate_on} cursor #{cursor_flag} keys "
                     "#{keypad_cursor_flag} keypad "
                     "#{keypad_flag} mouse #{mouse_any_flag} #{mouse_sgr_flag} origin #{origin_flag} region "
                     "#{scroll_region_upper}-#{scroll_region_lower} #{pane_title}"})
                   .out;
    }
    // The text of its rows.
    std::vector<std::string> rows(const std::string& session) const {
        std::istringstream lines(call({"capture-pane", "-p", "-t", session}).out);
        std::vector<std::string> out;
        for (std::string line; std::getline(lines, line);) out.push_back(line);
        return out;
    }
    std::string lines_above(const std::string& session) const {
        return call({"capture-pane", "-e", "-p", "-S", "-", "-E", "-1", "-t", session}).out;
    }
    bool ends(const std::string& session) const {
        return eventually([&] { return call({"has-session", "-t", session}).status != 0; });
    }
    bool shows(const std::string& session, const std::string& text) const {
        return eventually([&] { return shown(session).find(text) != std::string::npos; });
    }

private:
    Finished call(std::vector<std::string> words) const {
        words.insert(words.begin(), {"/usr/bin/tmux", "-S", home_.file("tmux").string()});
        return run_program(words, home_.environment);
    }
    const Home& home_;
};

// What a captured screen shows, the same text for the same looks: the first 16 colours have two names (SGR 3x and
// 38;5;x), and a cell that was never written looks like a blank.
class Looks {
public:
    static std::string of(const std::string& captured) {
        Looks looks;
        std::istringstream lines(captured);
        std::string out;
        for (std::string line; std::getline(lines, line);) out += looks.line(line) + "\n";
        return out;
    }

private:
    std::string line(const std::string& text) {
        std::string out, blanks;
        for (std::size_t i = 0; i < text.size();) {
            if (text.compare(i, 2, "\x1b[") == 0) {
                const auto end = text.find_first_not_of("0123456789;:", i + 2);
                take(text.substr(i + 2, end - i - 2));
                i = end + 1;
                continue;
            }
            const std::string cell = pen() + text[i];
            if (text[i++] == ' ' && !paints_blanks())
                blanks += " ";
            else
                out += std::exchange(blanks, {}) + cell;
        }
        return out;
    }

    void take(const std::string& sgr) {
        std::istringstream words(sgr.empty() ? "0" : sgr);
        std::vector<int> numbers;
        for (std::string word; std::getline(words, word, ';');) numbers.push_back(std::atoi(word.c_str()));
        for (std::size_t i = 0; i < numbers.size(); ++i) {
            const int n = numbers[i];
            if (n == 0)
                pen_.clear();
            else if (n < 10)
                pen_[n] = std::to_string(n);
            else if (n < 30)
                pen_.erase(n == 22 ? 1 : n - 20), n == 22 ? pen_.erase(2) : 0;
            else if (n % 10 == 8 && n < 60)
                i = take_colour(numbers, i);
            else if (n % 10 == 9 && n < 60)
                pen_.erase(n - 1);
            else
                pen_[n < 40 || (n >= 90 && n < 98) ? 38 : 48] = std::to_string(n >= 90 ? n % 10 + 8 : n % 10);
        }
    }

    std::size_t take_colour(const std::vector<int>& numbers, std::size_t at) {
        const std::size_t last = std::min(at + (numbers.at(at + 1) == 5 ? 2 : 4), numbers.size() - 1);
        std::string colour;
        for (std::size_t i = at + 2; i <= last; ++i) colour += (colour.empty() ? "" : ",") + std::to_string(numbers[i]);
        pen_[numbers[at]] = colour;
        return last;
    }

    bool paints_blanks() const { return pen_.contains(48) || pen_.contains(7) || pen_.contains(4) || pen_.contains(9); }

    std::string pen() const {
        std::string out;
        for (const auto& [what, value] : pen_) out += std::to_string(what) + "=" + value + " ";
        return out;
    }

    std::map<int, std::string> pen_;
};

// A second terminal that attaches to "shop" shows what the first one does, every cell of it, once it shows that text,
// and has the other text above its screen; the first one's title tells that another one types.
inline void compare_screens(const Home& home, const Tmux& tmux, const std::string& session, const std::string& text,
                            const std::string& above = {}) {
    CAPTURE(session);
    tmux.start(session, home.command({"attach", "shop"}));
    REQUIRE(tmux.shows(session, text));
    std::string first, second;
    const auto alike = [&] {
        first = tmux.shown("first"), second = tmux.shown(session);
        return Looks::of(first.substr(0, first.find(" region"))) == Looks::of(second.substr(0, second.find(" region")));
    };
    CHECK_MESSAGE(eventually(alike, std::chrono::seconds(10)), first, second, Looks::of(first), Looks::of(second));
    CHECK(tmux.lines_above(session).find(above) != std::string::npos);
    CHECK_MESSAGE(tmux.shows("first", "another terminal is typing"), tmux.shown("first"));
    tmux.press(session, "C-p");
    tmux.press(session, "C-q");
    CHECK(tmux.ends(session));
}

}  // namespace isag::test
