// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/known_pen.hpp"
#include <doctest/doctest.h>
#include <string>

namespace isag::terminal {

TEST_CASE("what libvterm reads rightly is left as it is") {
    for (const std::string parameters : {"", "0", "1;31", "4:3", "38;5;200;1", "38;2;1;2;3;48;2;4;5;6", ";1"}) {
        CAPTURE(parameters);
        CHECK(!known_pen(parameters));
    }
}

TEST_CASE("what libvterm misreads is put in words that it knows, or left out") {
    struct Row {
        std::string parameters;
        std::string instead;
    };
    const Row table[] = {
        {"38:2::10:20:30", "\x1b[38;2;10;20;30m"},
        {"48:2:1:10:20:30:0:0", "\x1b[48;2;10;20;30m"},
        {"38:2:10:20:30", "\x1b[38;2;10;20;30m"},
        {"48:5:200", "\x1b[48;5;200m"},
        {"38:2:::20:0", "\x1b[38;2;0;20;0m"},
        {"4;58;5;9;1", "\x1b[4m\x1b[1m"},
        {"4:3;58;2;255;0;0", "\x1b[4:3m"},
        {"58:2::1:2:3;;59;3", "\x1b[m\x1b[3m"},
        {"58:5:9", ""},
        {"59", ""},
        {"58", ""},
        {"58;2;1", ""},
        {"58;5;256;1", "\x1b[1m"},
        {"38:7:1;1", "\x1b[1m"},
        {"38:2:1", ""},
        {"38;5", ""},
        {"1;2;3;4;5;6;7;8;9;1;2;3;4;5;6;38;5;7",
         "\x1b[1m\x1b[2m\x1b[3m\x1b[4m\x1b[5m\x1b[6m\x1b[7m\x1b[8m\x1b[9m\x1b[1m\x1b[2m\x1b[3m\x1b[4m\x1b[5m\x1b[6m"
         "\x1b[38;5;7m"},
    };
    for (const auto& row : table) {
        CAPTURE(row.parameters);
        CHECK(known_pen(row.parameters).value_or("as it is") == row.instead);
    }
}

}  // namespace isag::terminal
