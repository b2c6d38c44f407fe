// SPDX-License-Identifier: Apache-2.0
#include "client/detach_keys.hpp"
#include <chrono>
#include <doctest/doctest.h>
#include <string>
#include <vector>

// What the terminal answers to a program that asks all the while, between the keys.
namespace isag {
namespace {

const DetachKeys::Time answered_at{};
constexpr std::chrono::milliseconds answer_beat{10};

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

struct TypedAround {
    std::string passed;
    bool found = false;
    bool operator==(const TypedAround&) const = default;
};

TypedAround type_pieces(const std::vector<std::string>& pieces, const std::string& names = "ctrl-p,ctrl-q") {
    DetachKeys keys(names);
    TypedAround out;
    auto now = answered_at;
    for (const auto& piece : pieces) out.passed += keys.take(piece, now += answer_beat);
    while (const auto due = keys.due()) out.passed += keys.expired(*due);
    out.found = keys.found();
    return out;
}

}  // namespace

TEST_CASE("detach keys: what a terminal answers between two of them goes on, and they count") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            CHECK(type_pieces({"\x10", answer, "\x11"}) == TypedAround{answer, true});
            CHECK(type_pieces({"\x10" + answer + answer_strings[1] + answer + "\x11"}) ==
                  TypedAround{answer + answer_strings[1] + answer, true});
            CHECK(type_pieces({"a" + answer + "\x10", answer + "b"}) ==
                  TypedAround{"a" + answer + answer + "\x10" + "b", false});
        }
}

TEST_CASE("detach keys: an answer goes on at once while the first key is held") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            DetachKeys keys("ctrl-p,ctrl-q");
            CHECK(keys.take("\x10", answered_at) == "");
            CHECK(keys.take(answer, answered_at + answer_beat) == answer);
            CHECK(keys.due() == answered_at + DetachKeys::held_for);
        }
}

TEST_CASE("detach keys: an answer counts as it does whole wherever it is cut, but behind its Escape") {
    for (const auto& answer : answer_sequences)
        for (std::size_t cut = 2; cut < answer.size(); ++cut) {
            CAPTURE(answer);
            CAPTURE(cut);
            const auto first = answer.substr(0, cut), second = answer.substr(cut);
            CHECK(type_pieces({"\x10" + first, second + "\x11"}) == TypedAround{answer, true});
            CHECK(type_pieces({"\x10", first, second, "\x11"}) == TypedAround{answer, true});
        }
}

TEST_CASE("detach keys: a key that is like an answer is a key: F3 with modifiers, kitty's, rxvt's arrows") {
    for (const std::string key : {"\x1b[1;2R", "\x1b[1;5R", "\x1b[1;16R", "\x1b[R", "\x1b[5R", "\x1b[1;5:2R",
                                  "\x1b[24;80:1R", "\x1b[1;2;65R", "\x1b[c", "\x1b[t", "\x1b[n", "\x1b[y", "\x1b[4;1y",
                                  "\x1b[13;5~", "\x1b[1;5P", "\x1b[97;5u", "\x1b[99;1u", "\x1b[<0;1;1c"}) {
        CAPTURE(key);
        CHECK(type_pieces({"\x10", key, "\x11"}) == TypedAround{"\x10" + key + "\x11", false});
    }
}

TEST_CASE(
    "detach keys: what begins as an answer may be a key with Alt, and what does not get whole at once is its bytes") {
    for (const std::string keys : {"\x1b]", "\x1bP", "\x1b]x\a", "\x1b]11;rgb:0000/0000", "\x1bP1$r0m\a",
                                   "\x1b]11;?\x1b", "\x1b]11;\x05\a", "\x1bP1$r\x1b[A\x1b\\"}) {
        CAPTURE(keys);
        CHECK(type_pieces({"\x10" + keys + "\x11"}) == TypedAround{"\x10" + keys + "\x11", false});
        CHECK(type_pieces({keys + "\x10\x11"}) == TypedAround{keys, true});
    }
    for (const auto& answer : answer_strings)
        for (std::size_t cut = 1; cut < answer.size(); ++cut) {
            CAPTURE(answer);
            CAPTURE(cut);
            const auto first = answer.substr(0, cut), second = answer.substr(cut);
            CHECK(type_pieces({first, second}) == TypedAround{answer, false});
            CHECK(type_pieces({"\x10", first, second, "\x11"}) == TypedAround{"\x10" + answer + "\x11", false});
        }
}

TEST_CASE("detach keys: an answer is none of the keys, whatever it begins with") {
    for (const auto& list : {answer_sequences, answer_strings})
        for (const auto& answer : list) {
            CAPTURE(answer);
            CHECK(type_pieces({answer}, "ctrl-[") == TypedAround{answer, false});
            DetachKeys keys("ctrl-[");
            CHECK(keys.take("\x1b[91;5:1u", answered_at) == "");
            CHECK(keys.start_over() == "");
            CHECK(keys.take(answer, answered_at + answer_beat) == answer);
            CHECK(keys.take("\x1b[91;5:3u", answered_at + answer_beat) ==
                  "");  // let go, of which the program saw nothing
        }
}

}  // namespace isag
