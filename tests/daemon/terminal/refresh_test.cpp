// SPDX-License-Identifier: Apache-2.0
#include "common/sequence_scanner.hpp"
#include "daemon/terminal/painted_screen.hpp"
#include "tests/daemon/terminal/screen_with.hpp"
#include <doctest/doctest.h>
#include <string>

// A refresh paints over what a client's terminal shows.
namespace isag::terminal {
namespace {

const std::string to_be_shown[] = {
    "",
    "one\r\n\x1b[1mtwo\x1b[m",
    "0123456789\r\n0123456789\r\n0123456789",
    "main\r\n>\x1b[?1049h\x1b[2;3Hfull",
    "main\x1b[?47h\x1b[3;1H\x1b[44m0123456789",
    "\x1b[2;3r\x1b[?6ha\r\nb\x1b[4h",
    "\x1b[?5h\x1b[?7l\x1b[3;8Habcdef",
};

// What a client's terminal may show or be in.
const std::string spoilers[] = {
    "0123456789\r\n01234567漢\r\n漢漢漢漢漢",
    "\x1b[1;4;41m\x1b[2J0123456789",
    "\x1b[?6h\x1b[2;2r\x1b[Habc",
    "\x1b[2;3r\x1b[?6h\x1b"
    "7\x1b[?6l",
    "\x1b[?69h\x1b[3;6s\x1b[3;4Habc",
    "\x1b[4habc\r\x1b[20h",
    "\x1b[?7l0123456789abc",
    "\x1b[?5h\x1b(0qqq",
    "\x1b)0abc\x0e",
    "\x1b[3;1Habc\x1b[?1049h\x1b[44m\x1b[2J\x1b[3;10Hxy",
    "\x1b[?47h\x1b[?6h\x1b"
    "7abc\x1b[2;3r",
    "\x1b[?1047hfull\x1b[?1049h\x1b[4h",
    "\x1b[3;1H0123456789",
    "\x1b#6wide\r\n\x1b#3tall",
    "abc\x1b]52;c;cut",
    "abc\x1bPcut",
    "abc\x1b[38;2;1",
    "0123456789\xe6\xbc",
    "\x1b[?2026h\x1b[?2004h",
};

// Of a terminal with as many rows as were painted: what of a sequence would put the whole of it above its top.
bool erases_all(const ControlSequence& sequence, const std::string& cursor_before) {
    if (sequence.kind != ControlSequence::Kind::control || sequence.final != 'J') return false;
    return !sequence.text.empty() || cursor_before.empty() || cursor_before.starts_with("1;");
}

}  // namespace

TEST_CASE("a refresh never erases a screen as a whole, nor scrolls it") {
    for (const auto& output : to_be_shown) {
        for (const int rows : {1, 3, 30}) {
            CAPTURE(output);
            const auto refresh = screen_with(output, {rows, 10}).refresh();
            SequenceScanner scanner;
            std::string cursor;
            for_each_sequence(scanner, refresh, [&](const ControlSequence& sequence) {
                CHECK(!erases_all(sequence, cursor));
                if (sequence.final == 'H') cursor = sequence.text;
            });
            CHECK(refresh.find('\n') == std::string::npos);
        }
    }
}

TEST_CASE("whatever a terminal showed, a refresh shows the screen and adds no lines above it") {
    for (const auto& output : to_be_shown) {
        for (const auto& spoiler : spoilers) {
            CAPTURE(output);
            CAPTURE(spoiler);
            const auto screen = screen_with(output);
            auto other = screen_with("above\r\n\r\n\r\n\x1b[A\x1b[H" + spoiler);
            other.feed(screen.refresh());
            CHECK(other.snapshot() == "above\r\n" + screen.snapshot());
            other.feed(screen.refresh());
            CHECK(other.snapshot() == "above\r\n" + screen.snapshot());
        }
    }
}

TEST_CASE("a terminal of another size than the screen's doesn't scroll when that is painted over it") {
    const std::string lines = "0123456789\r\n0123456789\r\nlast";
    const auto screen = screen_with(lines);
    auto smaller = screen_with("", {2, 5});
    smaller.feed(screen.refresh());
    CHECK(smaller.snapshot().starts_with("01239\r\nlast\x1b["));
    auto larger = screen_with("\x1b[5;1Hbelow\x1b[1;15Hright", {6, 20});
    larger.feed(screen.refresh());
    CHECK(larger.snapshot().starts_with(lines + "\r\n\r\n\r\n\x1b["));
}

TEST_CASE("lines painted over fewer rows lose the first ones, and rows without a line are erased") {
    const PaintedScreen screen({"a", "b"});
    const auto row = [](int number, const std::string& rest) {
        return "\x1b[" + std::to_string(number) + ";1H" + rest;
    };
    const std::string erase = "\x1b#5\x1b[K", erase_below = "\x1b#5\x1b[J";
    CHECK(screen.over(1) == "\x1b[?7l" + row(1, erase + "b") + "\x1b[?7h");
    CHECK(screen.over(3) == "\x1b[?7l" + row(1, erase + "a") + row(2, erase + "b") + row(3, erase_below) + "\x1b[?7h");
    CHECK(screen.text() == "a\r\nb");
}

TEST_CASE("a screen that gets another size has no margins any more, as in xterm and tmux") {
    Screen screen({24, 80});
    screen.feed("\x1b[1;24r\x1b[5;3Htext");
    screen.resize({30, 100});
    CHECK(screen.repaint().find("24r") == std::string::npos);
    screen.feed("\x1b[6n");
    Screen same({24, 80});
    same.feed("\x1b[5;3Htext");
    same.resize({30, 100});
    CHECK(screen.repaint() == same.repaint());
}

}  // namespace isag::terminal
