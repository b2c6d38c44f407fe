// SPDX-License-Identifier: Apache-2.0
#include "client/mode_tracker.hpp"
#include <doctest/doctest.h>
#include <random>

namespace isag {
namespace {

struct Row {
    const char* what;
    std::string output;
    std::string reset;
};

const Row rows[] = {
    {"plain text", "hello \xc3\xa9\r\n\t", ""},
    {"alternate screen", "\x1b[?1049h", "\x1b[?1049l"},
    {"alternate screen, left", "\x1b[?1049h..\x1b[?1049l", ""},
    {"alternate screen, left another way", "\x1b[?1049h..\x1b[?47l", ""},
    {"hidden cursor", "\x1b[?25l", "\x1b[?25h"},
    {"hidden cursor, shown again", "\x1b[?25l\x1b[?25h", ""},
    {"shown cursor, although it was", "\x1b[?25h", ""},
    {"bracketed paste", "\x1b[?2004h", "\x1b[?2004l"},
    {"several at once", "\x1b[?1002;1006h", "\x1b[?1002l\x1b[?1006l"},
    {"several, one left on", "\x1b[?1002;1006h\x1b[?1002l", "\x1b[?1006l"},
    {"focus events", "\x1b[?1004h", "\x1b[?1004l"},
    {"application cursor keys", "\x1b[?1h", "\x1b[?1l"},
    {"application keypad", "\x1b=", "\x1b>"},
    {"application keypad, off", "\x1b=\x1b>", ""},
    {"application keypad, as a mode", "\x1b[?66h", "\x1b>"},
    {"application keypad, as a mode, off", "\x1b=\x1b[?66l", ""},
    {"background", "\x1b]11;#202020\a", "\x1b]111\a"},
    {"background, taken back", "\x1b]11;#202020\a\x1b]111\x1b\\", ""},
    {"foreground and background at once", "\x1b]10;red;rgb:0/0/0\x1b\\", "\x1b]110\a\x1b]111\a"},
    {"the cursor's colour, after all is as it was", "\x1b]112\a\x1b]12;red\a", "\x1b]112\a"},
    {"colours that are only asked for", "\x1b]10;?\a\x1b]11;?\a\x1b]4;1;?\a", ""},
    {"one of several asked for", "\x1b]10;?;red\a", "\x1b]111\a"},
    {"the palette", "\x1b]4;1;red;255;blue\a\x1b]4;1;green\a", "\x1b]104;1;255\a"},
    {"the palette, one taken back", "\x1b]4;1;red;2;blue\a\x1b]104;1;7\a", "\x1b]104;2\a"},
    {"the palette, all taken back", "\x1b]4;1;red;2;blue\a\x1b]104\a", ""},
    {"special colours", "\x1b]5;0;red\a", "\x1b]105;0\a"},
    {"colours that are none", "\x1b]4;x;red;-1;red;512;red\a\x1b]4;1\a\x1b]11\a\x1b]11;\a\x1b]20;red\a", ""},
    {"a colour described at length", "\x1b]11;" + std::string(1000, 'r') + "\a", "\x1b]111\a"},
    {"colours and a full reset",
     "\x1b]11;red\a\x1b"
     "c",
     ""},
    {"synchronized output", "\x1b[?2026h", "\x1b[?2026l"},
    {"kitty keyboard", "\x1b[>1u\x1b[>5u", "\x1b[<2u"},
    {"kitty keyboard, popped", "\x1b[>1u\x1b[>5u\x1b[<2u", ""},
    {"kitty keyboard, popped once too often", "\x1b[>1u\x1b[<u\x1b[<u", ""},
    {"kitty keyboard on the alternate screen", "\x1b[?1049h\x1b[>1u", "\x1b[<1u\x1b[?1049l"},
    {"kitty keyboard, only asked", "\x1b[?u", ""},
    {"other keys of xterm", "\x1b[>4;2m", "\x1b[>4;0m"},
    {"other keys of xterm, off", "\x1b[>4;2m\x1b[>4m", ""},
    {"colour", "\x1b[31mred", "\x1b[0m"},
    {"colour, ended", "\x1b[31mred\x1b[0m \x1b[1mx\x1b[m", ""},
    {"true colour", "\x1b[38;2;1;2;0m", "\x1b[0m"},
    {"cursor shape", "\x1b[5 q", "\x1b[0 q"},
    {"cursor shape, as it was", "\x1b[5 q\x1b[0 q", ""},
    {"scroll region", "\x1b[2;10r", "\x1b[r"},
    {"line drawing", "\x1b(0qq", "\x1b(B"},
    {"line drawing, ended", "\x1b(0qq\x1b(B", ""},
    {"a full reset",
     "\x1b[?1049h\x1b[?25l\x1b[31m\x1b"
     "c",
     ""},
    {"a mode nobody knows", "\x1b[?9999h", ""},
    {"insert mode", "\x1b[4h", "\x1b[4l"},
    {"insert mode, ended", "\x1b[4h\x1b[4l", ""},
    {"line feeds that return", "\x1b[20h", "\x1b[20l"},
    {"margins", "\x1b[?69h\x1b[3;9s", "\x1b[?69l"},
    {"not a private mode", "\x1b[25h\x1b[1049h", ""},
    {"a title", "\x1b]0;[?25l\x07", ""},
    {"a sequence that was given up", "\x1b[?25\x18l", ""},
    {"a sequence that another cuts", "\x1b[?25\x1b[?1h", "\x1b[?1l"},
    {"a control character inside", "\x1b[?2\n5l", "\x1b[?25h"},
    {"an endless one", "\x1b[?" + std::string(5000, '1') + "h", ""},
    {"cut in the middle", "\x1b[?25l\x1b[?10", "\x18\x1b[?25h"},
};

}  // namespace

TEST_CASE("what an agent leaves switched on is taken back, and nothing else") {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        ModeTracker tracker;
        tracker.feed(row.output);
        CHECK(tracker.reset_sequence() == row.reset);
    }
}

TEST_CASE("modes are seen wherever the output is cut") {
    for (const auto& row : rows) {
        CAPTURE(row.what);
        for (std::size_t cut = 0; cut <= std::min<std::size_t>(row.output.size(), 100); ++cut) {
            ModeTracker tracker;
            tracker.feed(std::string_view(row.output).substr(0, cut));
            tracker.feed(std::string_view(row.output).substr(cut));
            CHECK(tracker.reset_sequence() == row.reset);
        }
        ModeTracker tracker;
        for (const char c : row.output) tracker.feed({&c, 1});
        CHECK(tracker.reset_sequence() == row.reset);
    }
}

TEST_CASE("what the tracker says undoes itself") {
    std::mt19937 random(7);
    const std::string letters = "\x1b\x1b[[??;0123456789hlumqr=>c(<: !p\x18x]]\a\a";
    for (int round = 0; round < 2000; ++round) {
        std::string output;
        for (int i = 0; i < 60; ++i) output += letters[random() % letters.size()];
        ModeTracker tracker;
        tracker.feed(output);
        tracker.feed(tracker.reset_sequence());
        CAPTURE(output);
        CHECK(tracker.reset_sequence() == "");
    }
}

}  // namespace isag
