// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

const DetachKeys::Time start{};
constexpr std::chrono::milliseconds moment{10};

}  // namespace

TEST_CASE("Ctrl-P Ctrl-Q leaves, together or one after the other") {
    DetachKeys together("ctrl-p,ctrl-q");
    CHECK(together.take("ls\r\x10\x11rest", start) == "ls\r");
    CHECK(together.found());
    DetachKeys apart("ctrl-p,ctrl-q");
    CHECK(apart.take("\x10", start) == "");
    CHECK(!apart.found());
    CHECK(apart.take("\x11", start + moment) == "");
    CHECK(apart.found());
}

TEST_CASE("in the forms that programs can ask a terminal for, too") {
    for (const std::string typed : {
             "\x1b[112;5u\x1b[113;5u", "\x1b[112;5:1u\x11", "\x1b[27;5;112~\x1b[27;5;113~",
             "\x1b[27;133;112~\x1b[27;69;113~",  // Num Lock, Caps Lock
             "\x1b[112;133u\x1b[113;69u",
             "\x1b[112;197:1u\x1b[113;197:1u",      // both
             "\x1b[1079::112;5u\x1b[1081::113;5u",  // a Russian keyboard
             "\x1b[112:80;5u\x1b[113:81;5u",
             "\x1b[112;5:1u\x1b[112;5:3u\x1b[113;5:1u",                                // let go in between
             "\x1b[112;5:1u\x1b[112;1:3u\x1b[57442;1:3u\x1b[57442;5:1u\x1b[113;5:1u",  // Control too
             "\x1b[112;5:1u\x1b[112;5:2u\x1b[112;5:3u\x1b[113;5:1u",                   // held
         }) {
        CAPTURE(typed);
        DetachKeys keys("ctrl-p,ctrl-q");
        const std::string passed = keys.take(typed, start);
        CHECK(keys.found());
        CHECK(passed.find("\x1b[113") == passed.npos);
    }
}

TEST_CASE("with Shift, Alt and the like it is another key, and so is the one beside it on another Latin layout") {
    for (const std::string typed :
         {"\x1b[112;6u", "\x1b[112:80;6u", "\x1b[112;7u", "\x1b[112;13u", "\x1b[112u", "\x1b[112;5:3u", "\x1b[27;6;80~",
          "\x1b[108::112;5u", "\x1b[112;5~", "\x1b[5;112u", "\x1b[?112;5u", "\x1b[A"}) {
        CAPTURE(typed);
        DetachKeys keys("ctrl-p,ctrl-q");
        CHECK(keys.take(typed, start) == typed);
        CHECK(!keys.due());
    }
    for (const std::string typed : {"\x1b[64;5u", "\x1b[50:64;6u", "\x1b[27;6;64~"}) {
        CAPTURE(typed);
        DetachKeys at("ctrl-@");
        CHECK(at.take(typed, start) == "");
        CHECK(at.found());
    }
}

TEST_CASE("what the program was not told is pressed it is not told is let go, and the other way round") {
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x1b[112;5:1u", start) == "");
    CHECK(keys.take("\x1b[13;1:3u", start + moment) == "\x1b[13;1:3u");  // another key
    CHECK(keys.take("\x1b[112;5:3u", start + moment) == "");
    CHECK(keys.expired(*keys.due()) == "\x1b[112;5:1u\x1b[112;5:3u");
    CHECK(keys.take("\x1b[112;5:1u", start) == "");
    CHECK(keys.expired(*keys.due()) == "\x1b[112;5:1u");
    CHECK(keys.take("\x1b[112;5:3u", start) == "\x1b[112;5:3u");
}

TEST_CASE("what is pasted holds no keys, wherever it is cut") {
    const std::string pasted = "a\x1b[200~\x10\x11 \x1b[112;5u\x1b[113;5u\x1b[201~";
    for (std::size_t cut = 0; cut <= pasted.size(); ++cut) {
        CAPTURE(cut);
        DetachKeys keys("ctrl-p,ctrl-q");
        const std::string first = keys.take(std::string_view(pasted).substr(0, cut), start);
        CHECK(first + keys.take(std::string_view(pasted).substr(cut), start + moment) == pasted);
        CHECK(!keys.due());
        CHECK(keys.take("\x10\x11", start + moment) == "");
        CHECK(keys.found());
    }
    DetachKeys bytewise("ctrl-p,ctrl-q");
    for (const char c : pasted) CHECK(bytewise.take({&c, 1}, start) == std::string(1, c));
    CHECK(bytewise.take("\x10\x1b[200~\x11", start) == "\x10\x1b[200~\x11");
    CHECK(!bytewise.found());
}

TEST_CASE("a paste without an end is over when nothing came for a while") {
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x1b[200~abc", start) == "\x1b[200~abc");
    CHECK(keys.take("\x10\x11", start + PasteWatch::stops_for - moment) == "\x10\x11");
    CHECK(keys.take("\x10\x11", start + 2 * PasteWatch::stops_for) == "");
    CHECK(keys.found());
}

TEST_CASE("a paste without an end is over, too, where the program prints all the while") {
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x1b[200~abc", start) == "\x1b[200~abc");
    auto now = start;
    for (; now < start + PasteWatch::stops_for; now += 100 * moment) CHECK(keys.take("", now) == "");
    CHECK(keys.take("\x10\x11", now) == "");
    CHECK(keys.found());

    DetachKeys passing("ctrl-p,ctrl-q");
    CHECK(passing.pass("\x1b[200~abc", start) == "\x1b[200~abc");
    CHECK(passing.pass("", start + PasteWatch::stops_for - moment) == "");
    CHECK(passing.take("\x10\x11", start + PasteWatch::stops_for) == "");
    CHECK(passing.found());
}

TEST_CASE("the first key alone goes on, with what follows or after a moment") {
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x10x", start) == "\x10x");
    CHECK(keys.take("\x10", start) == "");
    REQUIRE(keys.due());
    CHECK(keys.expired(*keys.due() - moment) == "");
    CHECK(keys.expired(*keys.due()) == "\x10");
    CHECK(!keys.due());
    CHECK(keys.take("\x10", start) == "");
    CHECK(keys.take("\x11", start + DetachKeys::held_for + moment) == "\x10\x11");  // too late
    CHECK(!keys.found());
    CHECK(keys.take("\x10\x10\x11", start) == "\x10");
    CHECK(keys.found());
}

TEST_CASE("other keys can be chosen, or none") {
    DetachKeys one("ctrl-]");
    CHECK(one.take("a\x1d"
                   "b",
                   start) == "a");
    CHECK(one.found());
    DetachKeys letters("ctrl-@,q");
    CHECK(letters.take(std::string_view("\0q", 2), start) == "");
    CHECK(letters.found());
    DetachKeys none("");
    CHECK(none.take("\x10\x11", start) == "\x10\x11");
    CHECK(!none.found());
    for (const std::string wrong : {"ctrl-", "ctrl-1", "ctrl-pp", "alt-p", ",", "ctrl-p,,ctrl-q", "\x01"}) {
        CAPTURE(wrong);
        CHECK_THROWS_AS(DetachKeys{wrong}, Error);
    }
}

}  // namespace isag
