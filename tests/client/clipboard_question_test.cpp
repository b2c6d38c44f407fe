// SPDX-License-Identifier: Apache-2.0
#include "client/clipboard_question.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

using namespace std::chrono_literals;
const std::string write = "\x1b]52;c;aGVsbG8=\a";  // "hello"
const ClipboardQuestion::Time asked_at{};

}  // namespace

TEST_CASE(
    "a write to the clipboard is asked about in the title, and let through by the first key that detaches and y") {
    ClipboardQuestion question("ctrl-p,ctrl-q");
    CHECK(question.take("a\x10yb", asked_at) == "a\x10yb");  // nothing is asked
    CHECK_FALSE(question.due());
    question.ask(write, asked_at);
    CHECK(question.take_title() == "copies 5 bytes to the clipboard? ctrl-p y lets it");
    CHECK_FALSE(question.take_title());
    CHECK_FALSE(question.take_permitted());
    CHECK(question.kept() == 1);
    CHECK(question.take("a\x10", asked_at + 1s) == "a");
    CHECK(question.take("y", asked_at + 1s) == "");
    CHECK(question.take_permitted() == write);
    CHECK(question.take_title() == "");
    CHECK(question.kept() == 0);
    CHECK_FALSE(question.due());
    CHECK(question.take("\x10y", asked_at + 2s) == "\x10y");
}

TEST_CASE("other keys are typed on, those that detach too, and the write stays where it is") {
    ClipboardQuestion question("ctrl-p,ctrl-q");
    question.ask(write, asked_at);
    CHECK(question.take("\x10\x11", asked_at) == "\x10\x11");
    CHECK(question.take("y\x10", asked_at) == "y");
    CHECK(question.due() == asked_at + DetachKeys::held_for);
    CHECK(question.expired(asked_at + DetachKeys::held_for) == "\x10");  // alone it goes on after a moment
    CHECK_FALSE(question.take_permitted());
}

TEST_CASE("a question stands for a while, a newer write takes its place, and what was not answered is counted") {
    ClipboardQuestion question("ctrl-p,ctrl-q");
    question.ask(write, asked_at);
    question.ask("\x1b]52;c;\a", asked_at + 1s);
    CHECK(question.take_title() == "copies 0 bytes to the clipboard? ctrl-p y lets it");
    CHECK(question.kept() == 2);
    CHECK(question.expired(asked_at + ClipboardQuestion::stands_for) == "");
    CHECK(question.due() == asked_at + 1s + ClipboardQuestion::stands_for);
    CHECK(question.expired(asked_at + 1s + ClipboardQuestion::stands_for) == "");
    CHECK(question.take_title() == "");
    CHECK(question.take("\x10y", asked_at + 40s) == "\x10y");
    CHECK_FALSE(question.take_permitted());
    CHECK(question.kept() == 2);
}

TEST_CASE("without keys that detach Ctrl-P is the first of the answer") {
    ClipboardQuestion question("");
    question.ask(write, asked_at);
    CHECK(question.take_title() == "copies 5 bytes to the clipboard? ctrl-p y lets it");
    CHECK(question.take("\x10y", asked_at) == "");
    CHECK(question.take_permitted() == write);
    CHECK_THROWS_AS(ClipboardQuestion("nonsense"), Error);
}

TEST_CASE("the answer comes in the forms that programs can ask a terminal for, too") {
    for (const std::string typed :
         {"\x1b[112;133uy", "\x1b[112;5:1u\x1b[112;5:3u\x1b[121;1:1u", "\x1b[1079::112;5u\x1b[1085::121u"}) {
        CAPTURE(typed);
        ClipboardQuestion question("ctrl-p,ctrl-q");
        question.ask(write, asked_at);
        CHECK(question.take(typed, asked_at) == "");
        CHECK(question.take_permitted() == write);
    }
}

TEST_CASE("the program is not told that the keys of the answer are let go, but gets what is typed behind them") {
    ClipboardQuestion question("ctrl-p,ctrl-q");
    question.ask(write, asked_at);
    CHECK(question.take("\x1b[112;5:1u\x1b[121;1:1uabc", asked_at) == "abc");
    CHECK(question.take("\x1b[112;1:3u\x1b[121;1:3u", asked_at) == "");
    CHECK(question.take("\x1b[121;1:1u\x1b[121;1:3u", asked_at) == "\x1b[121;1:1u\x1b[121;1:3u");
}

TEST_CASE("what is pasted is no answer, though the question came in the middle of it") {
    ClipboardQuestion question("ctrl-p,ctrl-q");
    CHECK(question.take("\x1b[200~a", asked_at) == "\x1b[200~a");
    question.ask(write, asked_at);
    CHECK(question.take("\x10y", asked_at) == "\x10y");
    CHECK_FALSE(question.take_permitted());
    CHECK(question.take("\x1b[201~", asked_at) == "\x1b[201~");
    CHECK(question.take("\x10y", asked_at) == "");
    CHECK(question.take_permitted() == write);
}

}  // namespace isag
