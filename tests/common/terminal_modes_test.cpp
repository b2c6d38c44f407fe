// SPDX-License-Identifier: Apache-2.0
#include "common/terminal_modes.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

TerminalModes modes_after(std::string_view output) {
    SequenceScanner scanner;
    TerminalModes modes;
    for_each_sequence(scanner, output, [&](const ControlSequence& sequence) { modes.take(sequence); });
    return modes;
}

}  // namespace

TEST_CASE("another terminal gets the colours that a program has set") {
    CHECK(modes_after("\x1b]4;1;red;2;blue\a\x1b]11;#202020\x1b\\\x1b]10;red\a\x1b]110\a").set_sequence() ==
          "\x1b]4;1;red\a\x1b]4;2;blue\a\x1b]11;#202020\a");
    CHECK(modes_after("\x1b]11;" + std::string(1000, 'r') + "\a").set_sequence() == "");
    CHECK(modes_after("\x1b[?66h").set_sequence() == "\x1b=");
}

TEST_CASE("character sets and the ways in which keys are sent are taken back") {
    const std::string sets = "\x0f\x1b)B\x1b*B\x1b+B";
    CHECK(modes_after("\x1b)0\x0e").reset_sequence() == sets);
    CHECK(modes_after("\x1b+A").reset_sequence() == sets);
    CHECK(modes_after("\x1b)0\x1b[!p").reset_sequence() == "");
    CHECK(modes_after("\x1b[?9001h\x1b[?1051h\x1b[?8l").reset_sequence() == "\x1b[?8h\x1b[?1051l\x1b[?9001l");
    CHECK(modes_after("").reset_everything().find(sets) != std::string::npos);
    CHECK(modes_after("\x1b(%5").reset_sequence() == "\x1b(B");
    CHECK(modes_after("\x1b)%5\x1b)B").reset_sequence() == "");
    CHECK(modes_after("\x1b.A").reset_sequence() == sets);
    CHECK(modes_after("\x1b[>1;2m\x1b[>4;2m").reset_sequence() == "\x1b[>4;0m\x1b[>1m");
    CHECK(modes_after("").reset_everything().find("?1060l") == std::string::npos);
    CHECK(modes_after("\x1b[?1060h").reset_everything().find("?1060l") != std::string::npos);
}

TEST_CASE("a terminal that is painted anew gets back the character sets that the program goes on to use") {
    CHECK(modes_after("\x1b)0\x1b(0").set_text_sequence() == "\x1b(0\x1b)0");
    CHECK(modes_after("\x1b)0\x1b)B").set_text_sequence() == "");
}

TEST_CASE("a terminal that missed some output gets back those of its colours that were ever changed") {
    const auto everything = modes_after("").reset_everything();
    CHECK(everything.find("\x1b]1") == everything.npos);
    CHECK(modes_after("\x1b]4;1;red\a\x1b]104\a\x1b]12;red\a\x1b]11;?\a").reset_everything() ==
          everything + "\x1b]104;1\a\x1b]112\a");
}

}  // namespace isag
