// SPDX-License-Identifier: Apache-2.0
#include "client/announcement.hpp"
#include <doctest/doctest.h>

namespace isag {

TEST_CASE("a question goes before another terminal's turn, which stands until it is over") {
    ProgramTitle title;
    Announcement announcement("web");
    CHECK(announcement.take(title) == "");
    announcement.set_turn(true);
    CHECK(announcement.take(title) == "");
    announcement.set_turn(false);
    CHECK(announcement.take(title) == "\x1b]2;isag web (another terminal is typing)\a");
    CHECK(announcement.take(title) == "");
    CHECK(title.take("\x1b]2;mine"));
    announcement.set_question("copies?");
    CHECK(announcement.take(title) == "\x1b]2;isag web (copies?)\a");
    announcement.set_question("");
    CHECK(announcement.take(title) == "\x1b]2;isag web (another terminal is typing)\a");
    CHECK(title.take("\x1b]2;mine now"));
    announcement.set_turn(true);
    CHECK(announcement.take(title) == "\x1b]2;mine now\a");
    CHECK_FALSE(title.take("\x1b]2;mine again"));
}

TEST_CASE("at the end the program's title is put back, or isag's name, where something was announced") {
    ProgramTitle title;
    Announcement announcement("web");
    CHECK(announcement.finish(title) == "");
    announcement.set_turn(false);
    announcement.take(title);
    CHECK(announcement.finish(title) == "\x1b]2;isag web\a");
    CHECK(announcement.finish(title) == "");
}

}  // namespace isag
