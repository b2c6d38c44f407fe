// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/terminal/screen_with.hpp"
#include <doctest/doctest.h>
#include <random>
#include <string>
#include <vector>

// What a screen will make of the output that is still to come.
namespace isag::terminal {
namespace {

const std::string save_cursor =
    "\x1b"
    "7";
const std::string restore_cursor =
    "\x1b"
    "8";

struct Continuation {
    const char* what;
    std::string before;  // the repaint
    std::string after;
    std::string shown;  // the lines of a screen of 3 rows and 10 columns
};

const Continuation continuations[] = {
    {"insert mode", "abc\r\x1b[4h", "x", "xabc\r\n\r\n"},
    {"insert mode that ended", "abc\r\x1b[4hx\x1b[4l", "y", "xybc\r\n\r\n"},
    {"line feeds that return", "abc\x1b[20h", "\nx", "abc\r\nx\r\n"},
    {"no wrapping", "\x1b[?7labc", "0123456789", "abc0123459\r\n\r\n"},
    {"left and right margins", "0123456789\x1b[?69h\x1b[3;6s", "\x1b[1;3H\x1b[2P", "0145  6789\r\n\r\n"},
    {"an origin at margins", "\x1b[2;3r\x1b[?69h\x1b[3;6s\x1b[?6h", "\x1b[1;1Hx", "\r\n  x\r\n"},
    {"margins that were left", "0123456789\x1b[?69h\x1b[3;6s\x1b[?69l\x1b[?69h", "\x1b[1;3H\x1b[2P",
     "01456789\r\n\r\n"},
    {"a saved cursor", "ab" + save_cursor + "\x1b[3;3Hc", restore_cursor + "x", "abx\r\n\r\n  c"},
    {"a saved pen", "\x1b[1;2;31m" + save_cursor + "\x1b[m\r\n", restore_cursor + "x",
     "\x1b[0;1;2;31mx\x1b[0m\r\n\r\n"},
    {"a cursor saved in the way of SCO", "ab\x1b[s\x1b[2;2H", "\x1b[ux", "abx\r\n\r\n"},
    {"a cursor saved as a private mode", "ab\x1b[?1048h\x1b[2;2H", "\x1b[?1048lx", "abx\r\n\r\n"},
    {"a cursor saved with the alternate screen", "ab\x1b[?1049h\x1b[3;3H", "\x1b[?1049lx", "abx\r\n\r\n"},
    {"a cursor saved on the alternate screen", "ab\x1b[?1049h\x1b[2;2H" + save_cursor + "\x1b[3;3H",
     restore_cursor + "x", "\r\n x\r\n"},
    {"the main screen's when one is saved on the alternate", "ab\x1b[?1049h\x1b[2;2H" + save_cursor, "\x1b[?1049lx",
     "abx\r\n\r\n"},
    {"a cursor saved before an alternate screen that saves none", "ab" + save_cursor + "\x1b[2;2H\x1b[?1047h\x1b[3;3H",
     "\x1b[?1047l" + restore_cursor + "x", "abx\r\n\r\n"},
    {"a cursor saved with line drawing", "\x1b(0a" + save_cursor + "\x1b(B", restore_cursor + "q", "▒─\r\n\r\n"},
    {"a cursor saved with an origin", "\x1b[2;3r\x1b[?6hab" + save_cursor + "\x1b[?6l\x1b[r", restore_cursor + "x",
     "\r\nabx\r\n"},
    {"a cursor saved where the region was another", "\x1b[2;3r\x1b[?6hab" + save_cursor,
     "\x1b[r" + restore_cursor + "x", "\r\nabx\r\n"},
    {"a tab stop", "\x1b[1;4H\x1bH", "\r\tx", "   x\r\n\r\n"},
    {"a tab stop that was cleared", "\x1b[1;9H\x1b[g", "\r\tx", "         x\r\n\r\n"},
    {"no tab stops but one", "\x1b[3g\x1b[1;4H\x1bH", "\r\tx\ty", "   x     y\r\n\r\n"},
    {"tab stops on the alternate screen", "\x1b[?1049h\x1b[3g", "\r\tx", "         x\r\n\r\n"},
    {"a full line", "0123456789", "x", "0123456789\r\nx\r\n"},
    {"a full line, and the cursor back on its last character", "0123456789\x1b[1;10H", "x", "012345678x\r\n\r\n"},
    {"a line that ends in a wide character", "01234567漢", "x", "01234567漢\r\nx\r\n"},
    {"a full line at the bottom", "a\r\nb\r\n0123456789", "x", "b\r\n0123456789\r\nx"},
    {"a full line, its end in colour", "012345678\x1b[31m9\x1b[m", "x", "012345678\x1b[0;31m9\x1b[0m\r\nx\r\n"},
    {"a full line whose end was erased", "0123456789\x1b[K", "x", "012345678\r\nx\r\n"},
    {"a full line in line drawing", "012345678\x1b(0q", "q", "012345678─\r\n─\r\n"},
    {"a full line in insert mode", "\x1b[4h0123456789", "x", "0123456789\r\nx\r\n"},
    {"a full line that an origin moves", "\x1b[2;3r\x1b[?6h0123456789", "x", "\r\n0123456789\r\nx"},
    {"a full line in reverse video", "\x1b[?5h0123456789", "x", "0123456789\r\nx\r\n"},
    {"a soft reset", "\x1b[2;3r\x1b[4h\x1b[?6h\x1b[1;31m\x1b[!p", "\x1b[1;1Hxy\rz", "zy\r\n\r\n"},
};

// The lines that are shown; the modes come behind them.
std::string lines_of(Screen screen) {
    screen.feed("\x1b[3J");
    const auto text = screen.snapshot();
    const std::string alternate = "\x1b[H\x1b[J";
    const auto at = text.rfind(alternate);
    return at == text.npos ? text : text.substr(at + alternate.size());
}

std::string random_output(std::mt19937& random, std::size_t count) {
    static const std::vector<std::string> pieces = {"word",
                                                    "漢字",
                                                    "🦀",
                                                    "0123456789",
                                                    "\x1b[31m",
                                                    "\x1b[2;7m",
                                                    "\x1b[m",
                                                    "\r\n",
                                                    "\n",
                                                    "\r",
                                                    "\b",
                                                    "\t",
                                                    "\x1b[Z",
                                                    "\x1b[3;5H",
                                                    "\x1b[5;20H",
                                                    "\x1b[1;19H",
                                                    "\x1b[2A",
                                                    "\x1b[3C",
                                                    "\x1b[K",
                                                    "\x1b[1J",
                                                    "\x1b[2P",
                                                    "\x1b[2@",
                                                    "\x1b[L",
                                                    "\x1b[M",
                                                    save_cursor,
                                                    restore_cursor,
                                                    "\x1b[s",
                                                    "\x1b[u",
                                                    "\x1b[?1048h",
                                                    "\x1b[?1048l",
                                                    "\x1bH",
                                                    "\x1b[g",
                                                    "\x1b[3g",
                                                    "\x1b[4h",
                                                    "\x1b[4l",
                                                    "\x1b[20h",
                                                    "\x1b[20l",
                                                    "\x1b[?69h",
                                                    "\x1b[?69l",
                                                    "\x1b[3;15s",
                                                    "\x1b[2;4r",
                                                    "\x1b[r",
                                                    "\x1b[?6h",
                                                    "\x1b[?6l",
                                                    "\x1b[?5h",
                                                    "\x1b[?5l",
                                                    "\x1b[1;1H\x1b[?7l",
                                                    "\x1b[?7h",
                                                    "\x1b(0",
                                                    "\x1b(B",
                                                    "\x1b[?1049h",
                                                    "\x1b[?1049l",
                                                    "\x1b[!p",
                                                    "\x1b"
                                                    "c"};
    std::string out;
    for (std::size_t i = 0; i < count; ++i) out += pieces[random() % pieces.size()];
    return out;
}

}  // namespace

TEST_CASE("what comes after a repaint is shown as it would be without") {
    for (const auto& row : continuations) {
        CAPTURE(row.what);
        CHECK(lines_of(screen_with(row.before + row.after)).starts_with(row.shown + "\x1b["));
        const auto before = screen_with(row.before);
        CHECK(lines_of(screen_with(before.repaint() + row.after)).starts_with(row.shown + "\x1b["));
        CHECK(lines_of(screen_with(before.snapshot() + row.after)).starts_with(row.shown + "\x1b["));
        CHECK(lines_of(screen_with(before.refresh() + row.after)).starts_with(row.shown + "\x1b["));
    }
}

TEST_CASE("a repaint does nothing to the screen itself") {
    for (const auto& row : continuations) {
        CAPTURE(row.what);
        auto screen = screen_with(row.before);
        CHECK(screen.snapshot() == screen.snapshot());
        screen.feed(row.after);
        CHECK(screen.snapshot() == screen_with(row.before + row.after).snapshot());
    }
}

TEST_CASE("a screen and one that took its repaint go on alike") {
    std::mt19937 random(14);
    for (int round = 0; round < 1000; ++round) {
        // In origin mode the cursor may be outside the margins, where nothing puts it, until the next control sequence.
        const auto before = random_output(random, 40) + "\x1b[22m";
        const auto after = random_output(random, 15);
        CAPTURE(before);
        CAPTURE(after);
        auto first = screen_with(before, {5, 20});
        const bool is_reset = before.find("\x1b\x63") != before.npos;  // its tab stops would stay
        const auto seen = round % 3 == 2 && !is_reset ? before.substr(0, random() % before.size()) : std::string();
        auto second = screen_with(seen, {5, 20});
        second.feed(round % 3 == 0 ? first.repaint() : round % 3 == 1 ? first.snapshot() : first.refresh());
        first.feed(after);
        second.feed(after);
        REQUIRE(second.refresh() == first.refresh());
    }
}

TEST_CASE("a saved cursor that a smaller screen doesn't have is restored at its edge") {
    auto screen = screen_with("\x1b[3;10H" + save_cursor);
    screen.resize({2, 5});
    CHECK(screen.feed(restore_cursor + "\x1b[6n") == "\x1b[2;5R");
}

}  // namespace isag::terminal
