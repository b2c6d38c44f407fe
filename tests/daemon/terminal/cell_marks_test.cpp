// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/cell_marks.hpp"
#include "common/terminal_modes.hpp"
#include "daemon/terminal/paint.hpp"
#include "tests/daemon/terminal/screen_with.hpp"
#include <doctest/doctest.h>
#include <string>

namespace isag::terminal {
namespace {

std::string linked(const std::string& address, const std::string& text) {
    return "\x1b]8;;" + address + "\x1b\\" + text + "\x1b]8;;\x1b\\";
}

std::string links(int first, int end) {
    std::string out;
    for (int i = first; i < end; ++i) out += linked("http://" + std::to_string(i) + "/", "x");
    return out;
}

}  // namespace

TEST_CASE("links and underlines' colours stay with their characters while the terminal gets other sizes") {
    const std::string coloured = "\x1b[0;4m\x1b[58:5:9mc\x1b[0m";
    const std::string text = "1\r\n2\r\n" + linked("http://a", "ab") + "\x1b[4;58:5:9mc\x1b[m";
    for (const auto& sizes : {std::pair(proto::TerminalSize{2, 10}, proto::TerminalSize{5, 10}),
                              std::pair(proto::TerminalSize{3, 20}, proto::TerminalSize{3, 10}),
                              std::pair(proto::TerminalSize{2, 5}, proto::TerminalSize{4, 90})}) {
        Screen screen = screen_with(text);
        screen.resize(sizes.first);
        CHECK(screen.snapshot().find(linked("http://a", "ab") + coloured) != std::string::npos);
        screen.resize(sizes.second);
        CHECK(screen.snapshot().find(linked("http://a", "ab") + coloured) != std::string::npos);
    }
    Screen narrow = screen_with(text);
    narrow.resize({3, 2});
    CHECK(narrow.snapshot().find(linked("http://a", "ab")) != std::string::npos);
    CHECK(narrow.snapshot().find("58:5:9mc") == std::string::npos);
}

TEST_CASE("so many different links are kept, and others once those are gone") {
    constexpr int most = static_cast<int>(CellMarks::most);
    Screen screen({30, 80});
    screen.feed(links(0, most + 100));
    CHECK(occurrences(screen.snapshot(), "\x1b]8;;http") == CellMarks::most);
    screen.feed("\x1b[H\x1b[J" + links(5000, 5000 + most));
    CHECK(occurrences(screen.snapshot(), "\x1b]8;;http") == CellMarks::most);
    screen.feed("\x1b[?1049h" + links(0, 5) + "\x1b[?1049l\x1b[2J\x1b[?1049h\x1b[2J\x1b[H" + links(0, 5));
    CHECK(occurrences(screen.snapshot(), "\x1b]8;;http") == 5);
}

TEST_CASE("links that would make a line too long are left out, and so is one that is too long itself") {
    const std::string address = "http://" + std::string(TerminalModes::longest_link - 8, 'a');
    CHECK(screen_with(linked(address, "x")).snapshot().find(address) != std::string::npos);
    CHECK(screen_with(linked(address + "a", "x")).snapshot().find("http") == std::string::npos);
    std::string text;
    for (int i = 0; i < 100; ++i) text += linked("http://" + std::to_string(i) + std::string(2000, 'b'), "#");
    const auto snapshot = screen_with(text, {3, 101}).snapshot();
    CHECK(snapshot.size() < most_link_bytes + 2000);
    CHECK(snapshot.size() > most_link_bytes - 4000);
    CHECK(occurrences(snapshot, "#") == 100);
    const auto last = linked("http://" + std::string(2000, 'c'), "##");
    CHECK(screen_with(text.substr(0, text.size() / 100 * 30) + last, {3, 101}).snapshot().find(last) !=
          std::string::npos);
}

TEST_CASE("a terminal that is left, or painted over, has no link open") {
    TerminalModes modes;
    const std::string end = "\x1b]8;;\x1b\\";
    SequenceScanner scanner;
    for_each_sequence(scanner, "\x1b]8;;http://a\x07", [&](const auto& sequence) { modes.take(sequence); });
    CHECK(modes.reset_sequence() == end);
    for_each_sequence(scanner, end, [&](const auto& sequence) { modes.take(sequence); });
    CHECK(modes.reset_sequence() == "");
    const std::string too_long = "\x1b]8;;http://" + std::string(TerminalModes::longest_link, 'a') + "\x07";
    for_each_sequence(scanner, "\x1b]8;;http://a\x07" + too_long, [&](const auto& sequence) { modes.take(sequence); });
    CHECK(modes.link() == ";http://a");
    CHECK(screen_with("").refresh().find(end) != std::string::npos);
}

}  // namespace isag::terminal
