// SPDX-License-Identifier: Apache-2.0
#include "tests/client/typed_pieces.hpp"
#include <doctest/doctest.h>
#include <string>
#include <vector>

// What the terminal answers to a program that asks all the while, between the keys.
namespace isag {
using test::beat;
using test::Outcome;
using test::outcome_of;
using test::typed_at;
namespace {

// To DSR, DA1 to DA3, DECRQM, CPR, XTWINOPS, XTSMGRAPHICS; kitty's flags, the colour scheme, modifyOtherKeys.
const std::vector<std::string> answer_sequences{
    "\x1b[0n",      "\x1b[3n",       "\x1b[?997;1n",   "\x1b[?62;22c", "\x1b[>41;354;0c", "\x1b[=1c",
    "\x1b[6c",      "\x1b[24;80R",   "\x1b[?2026;2$y", "\x1b[4;1$y",   "\x1b[2;5R",       "\x1b[1;17R",
    "\x1b[?24;80R", "\x1b[8;24;80t", "\x1b[?0u",       "\x1b[?31u",    "\x1b[?1;0;256S",  "\x1b[>4;2m"};
const std::vector<std::string> answer_strings{"\x1b]11;rgb:0000/0000/0000\x1b\\",
                                              "\x1b]4;1;rgb:cdcd/0000/0000\a",
                                              "\x1b]52;c;aGVsbG8=\a",
                                              "\x1bP>|xterm(379)\x1b\\",
                                              "\x1bP1$r0m\x1b\\",
                                              "\x1bP!|7E565445\x1b\\"};

}  // namespace

TEST_CASE("detach keys: what a terminal answers between two of them goes on, and they count") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10", answer, "\x11"}) == Outcome{answer, "", true});
            CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10" + answer + answer_strings[1] + answer + "\x11"}) ==
                  Outcome{answer + answer_strings[1] + answer, "", true});
            CHECK(outcome_of("ctrl-p,ctrl-q", {"a" + answer + "\x10", answer + "b"}) ==
                  Outcome{"a" + answer + answer + "\x10" + "b", "", false});
        }
}

TEST_CASE("detach keys: an answer goes on at once while the first key is held") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            DetachKeys keys("ctrl-p,ctrl-q");
            CHECK(keys.take("\x10", typed_at) == "");
            CHECK(keys.take(answer, typed_at + beat) == answer);
            CHECK(keys.due() == typed_at + DetachKeys::held_for);
        }
}

TEST_CASE("detach keys: an answer counts as it does whole wherever it is cut, but behind its Escape") {
    for (const auto& answer : answer_sequences)
        for (std::size_t cut = 2; cut < answer.size(); ++cut) {
            CAPTURE(answer);
            CAPTURE(cut);
            const auto first = answer.substr(0, cut), second = answer.substr(cut);
            CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10" + first, second + "\x11"}) == Outcome{answer, "", true});
            CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10", first, second, "\x11"}) == Outcome{answer, "", true});
        }
}

TEST_CASE("detach keys: a key that is like an answer is a key: F3 with modifiers, kitty's, rxvt's arrows") {
    for (const std::string key : {"\x1b[1;2R", "\x1b[1;5R", "\x1b[1;16R", "\x1b[R", "\x1b[5R", "\x1b[1;5:2R",
                                  "\x1b[24;80:1R", "\x1b[1;2;65R", "\x1b[c", "\x1b[t", "\x1b[n", "\x1b[y", "\x1b[4;1y",
                                  "\x1b[13;5~", "\x1b[1;5P", "\x1b[97;5u", "\x1b[99;1u", "\x1b[<0;1;1c"}) {
        CAPTURE(key);
        CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10", key, "\x11"}) == Outcome{"\x10" + key + "\x11", "", false});
    }
}

TEST_CASE(
    "detach keys: what begins as an answer may be a key with Alt, and what does not get whole at once is its bytes") {
    for (const std::string keys : {"\x1b]", "\x1bP", "\x1b]x\a", "\x1b]11;rgb:0000/0000", "\x1bP1$r0m\a",
                                   "\x1b]11;?\x1b", "\x1b]11;\x05\a", "\x1bP1$r\x1b[A\x1b\\"}) {
        CAPTURE(keys);
        CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10" + keys + "\x11"}) == Outcome{"\x10" + keys + "\x11", "", false});
        CHECK(outcome_of("ctrl-p,ctrl-q", {keys + "\x10\x11"}) == Outcome{keys, "", true});
    }
    for (const auto& answer : answer_strings)
        for (std::size_t cut = 1; cut < answer.size(); ++cut) {
            CAPTURE(answer);
            CAPTURE(cut);
            const auto first = answer.substr(0, cut), second = answer.substr(cut);
            CHECK(outcome_of("ctrl-p,ctrl-q", {first, second}) == Outcome{answer, "", false});
            CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10", first, second, "\x11"}) ==
                  Outcome{"\x10" + answer + "\x11", "", false});
        }
}

TEST_CASE("detach keys: an answer is none of the keys, whatever it begins with") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            CHECK(outcome_of("ctrl-[", {answer}) == Outcome{answer, "", false});
            DetachKeys keys("ctrl-[");
            CHECK(keys.take("\x1b[91;5:1u", typed_at) == "");
            CHECK(keys.start_over() == "");
            CHECK(keys.take(answer, typed_at + beat) == answer);
            CHECK(keys.take("\x1b[91;5:3u", typed_at + beat) == "");  // let go, of which the program saw nothing
        }
}

}  // namespace isag
