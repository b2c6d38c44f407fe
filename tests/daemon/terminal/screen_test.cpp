// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/kept_lines.hpp"
#include "tests/daemon/terminal/random_output.hpp"
#include "tests/daemon/terminal/screen_with.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <random>
#include <string>
#include <vector>

namespace isag::terminal {
namespace {

struct Row {
    const char* what;
    std::string output;
    std::string snapshot;  // of a screen of 3 rows and 10 columns
};

const std::string plain = "\x1b[0m";

const Row rows[] = {
    {"nothing", "", "\r\n\r\n\x1b[1;1H" + plain},
    {"text and a cursor", "hello", "hello\r\n\r\n\x1b[1;6H" + plain},
    {"lines", "a\r\nb\r\nc", "a\r\nb\r\nc\x1b[3;2H" + plain},
    {"a line that scrolled off", "a\r\nb\r\nc\r\nd", "a\r\nb\r\nc\r\nd\x1b[3;2H" + plain},
    {"a colour, and what is written next", "\x1b[31mred", "\x1b[0;31mred\x1b[0m\r\n\r\n\x1b[1;4H\x1b[0;31m"},
    {"bright, indexed and true colours", "\x1b[92ma\x1b[38;5;200mb\x1b[48;2;1;2;3mc\x1b[m",
     "\x1b[0;92ma\x1b[0;38;5;200mb\x1b[0;38;5;200;48;2;1;2;3mc\x1b[0m\r\n\r\n\x1b[1;4H" + plain},
    {"a blank with a background", "\x1b[44m  \x1b[m", "\x1b[0;44m  \x1b[0m\r\n\r\n\x1b[1;3H" + plain},
    {"attributes", "\x1b[1;3;4;5;7;9mx\x1b[m", "\x1b[0;1;3;4;5;7;9mx\x1b[0m\r\n\r\n\x1b[1;2H" + plain},
    {"attributes that libvterm doesn't know", "\x1b[2ma\x1b[8mb\x1b[53mc\x1b[22md\x1b[m",
     "\x1b[0;2ma\x1b[0;2;8mb\x1b[0;2;8;53mc\x1b[0;8;53md\x1b[0m\r\n\r\n\x1b[1;5H" + plain},
    {"a 2 that is part of a colour", "\x1b[38;5;2mg\x1b[48;2;2;2;2mh\x1b[m",
     "\x1b[0;32mg\x1b[0;32;48;2;2;2;2mh\x1b[0m\r\n\r\n\x1b[1;3H" + plain},
    {"faint, saved and restored with the cursor",
     "\x1b[2m\x1b"
     "7\x1b[mx\x1b"
     "8y\x1b[m",
     "\x1b[0;2my\x1b[0m\r\n\r\n\x1b[1;1H\x1b[0;2m\x1b"
     "7\x1b[1;2H" +
         plain},
    {"a curly underline", "\x1b[4:3mx\x1b[m", "\x1b[0;4:3mx\x1b[0m\r\n\r\n\x1b[1;2H" + plain},
    {"colours in the form of the standard", "\x1b[38:2::10:20:30ma\x1b[48:2::1:2:3mb\x1b[m",
     "\x1b[0;38;2;10;20;30ma\x1b[0;38;2;10;20;30;48;2;1;2;3mb\x1b[0m\r\n\r\n\x1b[1;3H" + plain},
    {"colours without a colour space, and attributes behind them", "\x1b[38:2:10:20:30;1ma\x1b[48:5:200;3mb\x1b[m",
     "\x1b[0;1;38;2;10;20;30ma\x1b[0;1;3;38;2;10;20;30;48;5;200mb\x1b[0m\r\n\r\n\x1b[1;3H" + plain},
    {"an underline with a colour", "\x1b[4;58;5;9mx",
     "\x1b[0;4m\x1b[58:5:9mx\x1b[0m\r\n\r\n\x1b[1;2H\x1b[0;4m\x1b[58:5:9m"},
    {"a curly underline with a true colour", "\x1b[4:3;58;2;255;0;0mx",
     "\x1b[0;4:3m\x1b[58:2::255:0:0mx\x1b[0m\r\n\r\n\x1b[1;2H\x1b[0;4:3m\x1b[58:2::255:0:0m"},
    {"an underline's colour that was taken back", "\x1b[4;58:5:9mx\x1b[59my",
     "\x1b[0;4m\x1b[58:5:9mx\x1b[0;4my\x1b[0m\r\n\r\n\x1b[1;3H\x1b[0;4m"},
    {"an underline's colour saved and restored with the cursor",
     "\x1b[58:2::1:2:3m\x1b"
     "7\x1b[mx\x1b"
     "8",
     "x\r\n\r\n\x1b[1;1H\x1b[0m\x1b[58:2::1:2:3m\x1b"
     "7\x1b[1;1H\x1b[0m\x1b[58:2::1:2:3m"},
    {"an underline's colour without an underline", "\x1b[58:5:9mx\x1b[59m", "x\r\n\r\n\x1b[1;2H" + plain},
    {"a link", open_link + "see" + close_link + " it", open_link + "see" + close_link + " it\r\n\r\n\x1b[1;7H" + plain},
    {"a link of blanks", open_link + "  " + close_link, open_link + "  " + close_link + "\r\n\r\n\x1b[1;3H" + plain},
    {"a link that is open still, with an address that ends in a semicolon", "\x1b]8;id=1;http://a;\x07x",
     "\x1b]8;id=1;http://a;\x1b\\x" + close_link + "\r\n\r\n\x1b[1;2H\x1b[0m\x1b]8;id=1;http://a;\x1b\\"},
    {"a link written over, erased, and its rest", open_link + "abcdef" + close_link + "\x1b[1;2Hx\x1b[1;5H\x1b[K",
     open_link + "a" + close_link + "x" + open_link + "cd" + close_link + "\r\n\r\n\x1b[1;5H" + plain},
    {"text over a link of wide characters", open_link + "漢字" + close_link + "\rword",
     "word\r\n\r\n\x1b[1;5H" + plain},
    {"a link over wide characters, and half of one that is left", "漢字\r" + open_link + "abc" + close_link,
     open_link + "abc" + close_link + "\r\n\r\n\x1b[1;4H" + plain},
    {"lines that moved down, with their links",
     open_link + "a" + close_link + "\r\n" + open_link + "b" + close_link + "\x1b[H\x1b[L",
     "\r\n" + open_link + "a" + close_link + "\r\n" + open_link + "b" + close_link + "\x1b[1;1H" + plain},
    {"a line that moved up below one that scrolled off, with their links",
     "\x1b[1;2r" + open_link + "a" + close_link + "\r\n" + open_link + "b" + close_link + "\x1b[2;1H\n\x1b[r",
     open_link + "a" + close_link + "\r\n" + open_link + "b" + close_link + "\r\n\r\n\x1b[1;1H" + plain},
    {"?47h while the alternate screen is shown", "\x1b[?1049h\x1b[Hfull\x1b[?47h",
     "\r\n\r\n\x1b[1;1H\x1b[0m\x1b[?1049h\x1b[0m\x1b[H\x1b[Jfull\r\n\r\n\x1b[<99u\x1b[1;5H" + plain},
    {"a link that moved", open_link + "ab" + close_link + "\x1b[H\x1b[@\x1b[L",
     "\r\n " + open_link + "ab" + close_link + "\r\n\x1b[1;1H" + plain},
    {"links that scrolled off, and below them", open_link + "a\r\nb\r\nc\r\nd" + close_link,
     open_link + "a" + close_link + "\r\n" + open_link + "b" + close_link + "\r\n" + open_link + "c" + close_link +
         "\r\n" + open_link + "d" + close_link + "\x1b[3;2H" + plain},
    {"a link that wraps, and a wide character in it", open_link + "123456789漢" + close_link,
     open_link + "123456789" + close_link + "\r\n" + open_link + "漢" + close_link + "\r\n\x1b[2;3H" + plain},
    {"a link on the main screen below the alternate one", open_link + "a" + close_link + "\x1b[?1049h\x1b[Hb",
     open_link + "a" + close_link +
         "\r\n\r\n\x1b[1;2H\x1b[0m\x1b[?1049h\x1b[0m\x1b[H\x1b[Jb\r\n\r\n\x1b[<99u\x1b[1;2H" + plain},
    {"a link on the main screen after the alternate one", open_link + "a" + close_link + "\x1b[?47h\x1b[Hb\x1b[?47l",
     open_link + "a" + close_link + "\r\n\r\n\x1b[1;2H" + plain},
    {"a link in the last column, before the next character wraps", "123456789" + open_link + "0" + close_link,
     "123456789" + open_link + "0" + close_link + "\r\n\r\n\x1b[1;10H\x1b[0m" + open_link + "0" + close_link + plain},
    {"a link before the terminal is reset",
     open_link + "a\x1b\x63"
                 "b",
     "b\r\n\r\n\x1b[1;2H" + plain},
    {"more attributes in a sequence than libvterm takes", "\x1b[1;2;3;4;5;7;9;53;38;2;1;2;3;48;2;4;5;6mx\x1b[m",
     "\x1b[0;1;2;3;4;5;7;9;53;38;2;1;2;3;48;2;4;5;6mx\x1b[0m\r\n\r\n\x1b[1;2H" + plain},
    {"wide and combined characters", "漢e\xcc\x81🦀", "漢e\xcc\x81🦀\r\n\r\n\x1b[1;6H" + plain},
    {"modes and a title",
     "\x1b[?2004h\x1b[?25l\x1b]0;work\x07\x1b=", "\r\n\r\n\x1b[?25l\x1b[?2004h\x1b=\x1b]2;work\x07\x1b[1;1H" + plain},
    {"the keyboard's flags", "\x1b[>1u\x1b[>5u\x1b[=2;2u", "\r\n\r\n\x1b[>1u\x1b[>7u\x1b[1;1H" + plain},
    {"the alternate screen above the main one", "main\r\n>\x1b[?1049h\x1b[2;3Hfull",
     "main\r\n>\r\n\x1b[2;2H\x1b[0m\x1b[?1049h\x1b[0m\x1b[H\x1b[J\r\n  full\r\n\x1b[<99u\x1b[2;7H" + plain},
    {"the main screen after the alternate one, with the cursor that was saved", "main\x1b[?1049hfull\x1b[?1049l",
     "main\r\n\r\n\x1b[1;5H" + plain +
         "\x1b"
         "7\x1b[1;5H" +
         plain},
    {"a scroll region with its own origin", "\x1b[2;3r\x1b[?6hx", "\r\nx\r\n\x1b[2;3r\x1b[?6h\x1b[1;2H" + plain},
    {"erased lines above", "a\r\nb\r\nc\r\nd\x1b[3J", "b\r\nc\r\nd\x1b[3;2H" + plain},
    {"a cursor and a pen restored that were never saved",
     "\x1b[31mx\x1b"
     "8\x1b[?1049ly",
     "y\r\n\r\n\x1b[1;2H" + plain},
    {"halves of wide characters", "漢字\x1b[1;2Hx\x1b[1;3H\x1b[P", " x\r\n\r\n\x1b[1;3H" + plain},
    {"strings that show nothing", "a\x1b_Gi=31,s=1;AAAA\x1b\\b\x1b^private\x1b\\c\x1bXstart\x1b\\d\x1bPrequest\x1b\\e",
     "abcde\r\n\r\n\x1b[1;6H" + plain},
    {"reverse video", "\x1b[?5hx", "x\r\n\r\n\x1b[?5h\x1b[1;2H" + plain},
};

}  // namespace

TEST_CASE("a snapshot says what is shown, and in which modes") {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(screen_with(row.output).snapshot() == row.snapshot);
    }
}

TEST_CASE("a snapshot is the same wherever the output was cut") {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        for (std::size_t cut = 0; cut <= row.output.size(); ++cut) {
            Screen screen({3, 10});
            screen.feed(std::string_view(row.output).substr(0, cut));
            screen.feed(std::string_view(row.output).substr(cut));
            CHECK(screen.snapshot() == row.snapshot);
        }
    }
}

TEST_CASE("a new screen that takes a snapshot is the same screen") {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        CHECK(screen_with(row.snapshot).snapshot() == row.snapshot);
    }
    std::mt19937 random(11);
    for (int round = 0; round < 3000; ++round) {
        const auto output = random_output(random, true);
        CAPTURE(output);
        const auto snapshot = screen_with(output, {5, 20}).snapshot();
        REQUIRE(screen_with(snapshot, {5, 20}).snapshot() == snapshot);
    }
}

TEST_CASE("a terminal that showed some of the output, or was cut in a sequence, is refreshed to the same screen") {
    std::mt19937 random(12);
    for (int round = 0; round < 2000; ++round) {
        const auto output = random_output(random, false);
        CAPTURE(output);
        const auto whole = screen_with(output, {5, 20});
        const std::size_t cut = random() % output.size();
        CAPTURE(cut);
        Screen other = screen_with(output.substr(0, cut), {5, 20});
        other.feed(whole.refresh());
        REQUIRE(other.refresh() == whole.refresh());
    }
}

TEST_CASE("repainting pushes what a terminal showed off its top, and puts the kept lines above") {
    const auto screen = screen_with("1\r\n2\r\n3\r\n4\r\n5");
    Screen other = screen_with("mine");
    other.feed(screen.repaint());
    CHECK(other.snapshot().starts_with("mine\r\n"));
    CHECK(other.snapshot().ends_with("1\r\n2\r\n3\r\n4\r\n5\x1b[3;2H\x1b[0m"));
}

TEST_CASE("a flood of text leaves the same screen and lines as if each of its lines was written") {
    std::mt19937 random(13);
    static const std::vector<std::string> pieces = {
        "word", " ", "\x1b[31m", "\x1b[m", "\x1b[1;2m", "\t", "a long line that wraps", "漢字"};
    for (const std::string newline : {"\r\n", "\n"}) {
        std::string flood = "first\r\n";
        for (int i = 0; i < 9000; ++i) {
            const auto& piece = pieces[random() % (newline == "\n" ? 7 : 8)];
            flood += piece + (random() % 3 == 0 ? newline : "");
        }
        Screen at_once({5, 20});
        at_once.feed("\x1b[?2004hbefore ");
        at_once.feed(flood);
        Screen by_lines({5, 20});
        by_lines.feed("\x1b[?2004hbefore ");
        for (std::size_t at = 0; at < flood.size();) {
            const auto end = std::min(flood.find('\n', at), flood.size() - 1) + 1;
            by_lines.feed(flood.substr(at, end - at));
            static_cast<void>(by_lines.refresh());  // makes it write what it has put off
            at = end;
        }
        CHECK(at_once.snapshot() == by_lines.snapshot());
    }
}

TEST_CASE("a flood that begins above what is shown leaves none of that at the ends of the kept lines") {
    const std::string full = std::string(100, 'x') + "\x1b[H";
    std::string flood;
    for (int i = 0; i < 3000; ++i) flood += std::to_string(i) + "\r\n";
    Screen screen({5, 20});
    screen.feed(full);
    screen.feed(flood);
    CHECK(screen.snapshot().find('x') == std::string::npos);
}

TEST_CASE("what a terminal is asked is answered") {
    Screen screen({3, 10});
    CHECK(screen.feed("ab\x1b[6n") == "\x1b[1;3R");
    CHECK(screen.feed("\x1b[c").starts_with("\x1b[?"));
    CHECK(screen.feed("no question") == "");
}

TEST_CASE("the kept lines have a limit in number and in bytes") {
    Screen screen({3, 200});
    for (int i = 0; i < 3000; ++i) screen.feed("line\r\n");
    const std::string snapshot = screen.snapshot();
    CHECK(std::count(snapshot.begin(), snapshot.end(), '\n') <= 2000 + 3);
    const std::string colourful = [] {
        std::string line;
        for (int i = 0; i < 200; ++i) line += "\x1b[38;2;" + std::to_string(i) + ";1;2mx";
        return line + "\r\n";
    }();
    for (int i = 0; i < 3000; ++i) screen.feed(colourful);
    CHECK(screen.snapshot().size() < KeptLines::most_bytes + 20'000);
}

TEST_CASE("a new size keeps what fits, on both screens") {
    Screen screen = screen_with("one\r\ntwo\x1b[?1049hfull");
    screen.resize({4, 12});
    CHECK(screen.size().rows == 4);
    CHECK(screen.size().columns == 12);
    CHECK(screen.snapshot().find("full") != std::string::npos);
    screen.feed("\x1b[?1049l");
    CHECK(screen.snapshot().starts_with("one\r\ntwo\r\n"));
    screen.resize({0, 100'000});
    CHECK(screen.size().rows == 1);
    CHECK(screen.size().columns == 1000);
}

TEST_CASE("a screen says whether what it was fed ends in the middle of a sequence or a character") {
    Screen screen({24, 80});
    CHECK(screen.is_whole());
    const std::pair<const char*, bool> pieces[] = {{"text", true},  {"\x1b[3", false},    {"1m", true},
                                                   {"\xc3", false}, {"\xa9", true},       {"\x1b]0;title", false},
                                                   {"\x07", true},  {"\x1b[?1049h", true}};
    for (const auto& [piece, is_whole] : pieces) {
        screen.feed(piece);
        CAPTURE(piece);
        CHECK(screen.is_whole() == is_whole);
    }
}

}  // namespace isag::terminal
