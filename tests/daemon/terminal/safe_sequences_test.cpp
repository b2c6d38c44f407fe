// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/safe_sequences.hpp"
#include "tests/daemon/terminal/screen_with.hpp"
#include <doctest/doctest.h>
#include <string>

namespace isag::terminal {
namespace {

std::string repeated(std::string_view text, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += text;
    return out;
}

void check_cuts(const std::string& output, const std::string& expected) {
    for (std::size_t cut = 0; cut <= output.size(); ++cut) {
        SafeSequences sequences;
        std::string out(sequences.pass(std::string_view(output).substr(0, cut)));
        out += sequences.pass(std::string_view(output).substr(cut));
        CHECK(out == expected);
    }
}

}  // namespace

TEST_CASE("parameters beyond the sixteenth are left out and REP is cancelled, wherever the output is cut") {
    const std::string sixteen = repeated("1;", 14) + "22:\n3";
    const std::string output = "1;2\x1b\xc3\xa9[" + sixteen + ";4:\x07" + "5 m;6\x1b[" + sixteen + "m\x1b[" + sixteen +
                               ";7\x1b[8;9H;\x1b(;" + "\x1b[" + sixteen + ";7\x18;8\x1b[5b\x1b[b\x1b[?1;b";
    const std::string expected = "1;2\x1b\xc3\xa9[" + sixteen + "\x07 m;6\x1b[" + sixteen + "m\x1b[" + sixteen +
                                 "\x1b[8;9H;\x1b(;" + "\x1b[" + sixteen + "\x18;8\x1b[5\x18\x1b[\x18\x1b[?1;\x18";
    check_cuts(output, expected);
}

TEST_CASE("control characters in strings are left out, wherever the output is cut") {
    using namespace std::string_literals;
    const std::string output =
        "a\n\x1b]0;\0t\ni\x7ft\rle\ab\n\x1bPq\b\x1b\n\\c\n"s + "\x1b]x\n\x18\n\x1bP\n\x1b\n(\n\x1b]y\x1b\x1b[\n1m\n";
    const std::string expected = "a\n\x1b]0;title\ab\n\x1bPq\x1b\\c\n\x1b]x\x18\n\x1bP\x1b(\n\x1b]y\x1b\x1b[\n1m\n";
    check_cuts(output, expected);
}

TEST_CASE("a screen survives any number of parameters, and is in the state of those that count") {
    for (const int count : {15, 16, 17, 100, 127, 128, 129, 5000}) {
        CAPTURE(count);
        for (const std::string last : {"m", "H", "r", "x", "\x18", "\x1b\\"}) {
            auto screen = screen_with("\x1b[" + repeated("1;", count) + last);
            screen.feed("\x1b[m\x1b[rhere\x1b[K");
            CHECK(screen.snapshot().find("here") != std::string::npos);
        }
        screen_with("\x1bPq\x1b\xc3\xa9[" + repeated("1:", count) + "m");
        screen_with("\x1b\n[?" + repeated(";", count) + "h");
        screen_with("\x1b$ \x01[" + repeated(";", count) + "b");
    }
}

TEST_CASE("a screen survives wide characters where one has no room") {
    for (const std::int64_t columns : {0, 1, 2, 3}) {
        Screen screen({1, columns});
        for (const char* line : {"\xe9\xa9\xb2", "\x1b#6\xe9\xa9\xb2", "\x1b[?7l\xe9\xa9\xb2\xe9\xa9\xb2"})
            screen.feed(line);
        screen.resize({1, 1});
        screen.feed("\xe9\xa9\xb2");
        CHECK(screen.size().columns == 2);
    }
}

TEST_CASE("a screen survives getting smaller while the cursor is in a line that scrolls off") {
    for (const std::string before : {"", "\x1b[2;9r\x1b[?6h", "\x1b[3", "\x1b]2;title", "\xe9"}) {
        CAPTURE(before);
        Screen screen({10, 20});
        for (int line = 0; line < 10; ++line) screen.feed((line == 0 ? "" : "\r\n") + std::to_string(line));
        screen.feed("\x1b[H" + before);
        screen.resize({3, 20});
        screen.feed("\x1b\\here");
        CHECK(screen.snapshot().find("here") != std::string::npos);
        CHECK(screen.refresh().find("here") != std::string::npos);
    }
}

TEST_CASE("a screen survives getting smaller than its margins") {
    for (const std::string margins :
         {"\x1b[8;9r", "\x1b[8r", "\x1b[?6h\x1b[8;9r", "\x1b[?69h\x1b[15;18s", "\x1b[?69h\x1b[15;18s\x1b[8r"}) {
        CAPTURE(margins);
        Screen screen({10, 20});
        screen.feed(margins);
        screen.resize({3, 5});
        screen.feed("\n\n\n\n\n\n\x1bM\x1bM\x1bM\x1bM\x1bM\x1b[9L\x1b[9M\x1b[9S\x1b[9T\x1b[9@\x1b[9P\x1b[Hx");
        CHECK(screen.snapshot().find('x') != std::string::npos);
    }
}

TEST_CASE("a screen survives getting smaller than where the cursor was saved") {
    for (const std::string restores :
         {"\x1b\x38", "\x1b\xc3\xa9\n8", "\x1b[u", "\x1b[?1048l", "\x1b[?1049h\x1b[?1049l"}) {
        CAPTURE(restores);
        Screen screen({10, 20});
        screen.feed("\x1b[10;20H\x1b\xc3\xa9\x37\x1b[?1048h\x1b[H");
        screen.resize({1, 2});
        screen.feed(restores + "x");
        CHECK(screen.snapshot().find('x') != std::string::npos);
    }
}

TEST_CASE("a character is repeated, and nothing where there is none") {
    struct Row {
        std::string output;
        std::string shown;  // the first of three lines of ten columns
    };
    const Row table[] = {
        {"\x1b[b", ""},
        {"\x1b[" + repeated("0", 300) + "b", ""},
        {"\x1b\xc3\xa9[b", ""},
        {"\xe2\x80\x8b\x1b[5b", "\xe2\x80\x8b"},
        {"a\x1b[3bx", "aaaax"},
        {"a\x1b[bx", "aax"},
        {"a\x1b[99999999999bx", "aaaaaaaaaa\r\nx"},
        {"漢\x1b[2bx", "漢漢漢x"},
        {"e\xcc\x81\x1b[1bx",
         "e\xcc\x81"
         "e\xcc\x81x"},
        {"\x1b(0q\x1b[3b", "────"},
    };
    for (const auto& row : table) {
        CAPTURE(row.output);
        CHECK(screen_with(row.output).snapshot().starts_with(row.shown + "\r\n"));
    }
}

}  // namespace isag::terminal
