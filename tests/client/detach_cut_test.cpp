// SPDX-License-Identifier: Apache-2.0
#include "client/clipboard_question.hpp"
#include "tests/client/typed_pieces.hpp"
#include <doctest/doctest.h>
#include <random>
#include <string>
#include <string_view>
#include <vector>

// Keys whose sequences arrive in pieces, and what the mouse does between them.
namespace isag {
using test::beat;
using test::Outcome;
using test::outcome_of;
using test::typed_at;
namespace {

const std::string sgr = "\x1b[<35;20;30M", x10 = "\x1b[M#~\xff", urxvt = "\x1b[67;20;30M";

// Cut at some of the places that the choice allows; an Escape alone is a key, so that is none.
template <class Choice>
std::vector<std::string> pieces_of(const std::string& typed, Choice choice) {
    std::vector<std::string> pieces(1);
    for (std::size_t at = 0; at < typed.size(); ++at) {
        if (at > 0 && typed[at - 1] != '\x1b' && choice(at)) pieces.emplace_back();
        pieces.back() += typed[at];
    }
    return pieces;
}

void check_cuts(const std::string& names, const std::string& typed) {
    CAPTURE(typed);
    const auto whole = outcome_of(names, {typed});
    for (std::size_t cut = 1; cut < typed.size(); ++cut) {
        CAPTURE(cut);
        CHECK(outcome_of(names, pieces_of(typed, [&](std::size_t at) { return at == cut; })) == whole);
    }
    CHECK(outcome_of(names, pieces_of(typed, [](std::size_t) { return true; })) == whole);
}

}  // namespace

TEST_CASE("detach keys: a sequence that arrives in pieces counts as it does whole, wherever it is cut") {
    for (const std::string typed :
         {"\x1b[112;5u\x1b[113;5u", "a\x1b[27;5;112~\x11 behind",
          "\x1b[112;5:1u\x1b[112;5:3u\x1b[113;5:1u\x1b[113;5:3u", "\x1b[1079::112;5u\x1b[57442;5:1u\x1b[1081::113;5u",
          "\x1b[112;5u\x1b[A\x1b[113;5u", "\x1b[112;5u\x1b[1;5",
          "\x1b[200~\x1b[112;5u\x1b[113;5u\x1b[201~\x1b[112;5u\x1b[113;5u", "\x1b[112;5u\x1b[<35;20",
          "\x1b[112;5\x10\x11", "\x10\x1b[M#\x11", "\x1b[?62;22c\x10\x11"})
        check_cuts("ctrl-p,ctrl-q", typed);
    CHECK(outcome_of("ctrl-p,ctrl-q", {"x\x1b[11", "2;5u\x1b", "[113;5u"}).passed == "x\x1b[112;5u\x1b[113;5u");
    CHECK(outcome_of("ctrl-p,ctrl-q", {"x\x1b[11", "2;5u\x1b[", "113", ";5", "uy"}) == Outcome{"x", "y", true});
}

TEST_CASE("detach keys: whatever is typed, how it is cut changes nothing, and without the keys nothing is lost") {
    const std::vector<std::string> keys{
        "\x1b[112;5u", "\x1b[112;5:3u", "\x1b[113;5u", "\x10", "\x11",     "\x1b[27;5;112~", "\x1b[A", "u",
        "5",           "\x1b[1;5C",     "\x1b[11",     "q",    "\xd0\xbf", "\x1b[57442;1:3u"};
    const std::vector<std::string> others{sgr,      x10,         urxvt,       "\x1b[<0;1;1m", "\x1b[I",
                                          "\x1b[O", "\x1b[200~", "\x1b[201~", "\x1b[M",       "\x1b[?1;2c"};
    std::mt19937 random(7);
    const auto below = [&](std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random); };
    std::size_t found = 0;
    for (int round = 0; round < 3000; ++round) {
        const std::string names = round % 3 == 0 ? "ctrl-p,q" : "ctrl-p,ctrl-q";
        std::string typed;
        bool in_order = true;  // what goes on at once may overtake a key that is held
        for (auto left = 1 + below(8); left > 0; --left) {
            const auto& from = below(3) == 0 ? others : keys;
            const auto& token = from[below(from.size())];
            in_order = in_order && &from == &keys && token.find(":3u") == token.npos;
            typed += token;
        }
        CAPTURE(typed);
        const auto whole = outcome_of(names, {typed});
        REQUIRE(outcome_of(names, pieces_of(typed, [&](std::size_t) { return below(3) == 0; })) == whole);
        found += whole.found ? 1 : 0;
        if (!whole.found) REQUIRE(whole.passed.size() == typed.size());
        if (!whole.found && in_order) REQUIRE(whole.passed == typed);
    }
    CHECK(found > 100);
}

TEST_CASE(
    "detach keys: what is typed without any of them goes on in order, at once but for a sequence that is not whole") {
    const std::string typed =
        "vi\r\x1b[A\x1bOB\x1b"
        "\x1b[1;3C" +
        sgr + x10 + "\x1b[200~p\x1b[1\x1b[201~\x1b[?62;22c\x1b";
    for (std::size_t cut = 1; cut < typed.size(); ++cut) {
        CAPTURE(cut);
        DetachKeys keys("ctrl-p,ctrl-q");
        const std::string first = keys.take(typed.substr(0, cut), typed_at);
        CHECK(typed.starts_with(first));
        CHECK_FALSE(first.empty());
        if (first.size() < cut) CHECK(typed.substr(first.size()).starts_with("\x1b["));
        CHECK(keys.due().has_value() == (first.size() < cut));
        CHECK(first + keys.take(typed.substr(cut), typed_at + beat) == typed);
        CHECK_FALSE(keys.due());
    }
}

TEST_CASE("detach keys: what is not whole goes on when nothing more of it comes for a moment") {
    for (const std::string typed : {"\x1b[", "\x1b[112;5", "\x1b[<35;2", "\x1b[M", "\x1b[M #", "\x1b[200"}) {
        CAPTURE(typed);
        DetachKeys keys("ctrl-p,ctrl-q");
        CHECK(keys.take("a" + typed, typed_at) == "a");
        REQUIRE(keys.due() == typed_at + DetachKeys::part_held_for);
        CHECK(keys.take("", typed_at + beat) == "");
        CHECK(keys.expired(*keys.due() - beat) == "");
        CHECK(keys.expired(*keys.due()) == typed);
        CHECK_FALSE(keys.due());
        CHECK(keys.take("u", typed_at + 2 * DetachKeys::part_held_for) == "u");
    }
    DetachKeys keys("ctrl-p,ctrl-q");
    CHECK(keys.take("\x10\x1b[113", typed_at) == "");
    CHECK(keys.take(";5u", typed_at + DetachKeys::part_held_for) == "\x10\x1b[113;5u");  // the first key before it
    CHECK_FALSE(keys.found());
    CHECK(keys.take("\x10\x1b[113", typed_at) == "");
    CHECK(keys.take("\x1b[113;5u", typed_at + beat) == "\x10\x1b[113\x1b[113;5u");
    const std::string endless = "\x1b[" + std::string(1000, '1');
    CHECK(keys.take(endless, typed_at) == endless);
    CHECK_FALSE(keys.due());
}

TEST_CASE("detach keys: an Escape is never held, nor anything in a paste, nor where there are no keys") {
    DetachKeys keys("ctrl-p,ctrl-q");
    for (const std::string typed : {"\x1b", "a\x1b", "\x1b[A\x1b", "\x1b\x1b", "\x1bO", "[112;5"}) {
        CAPTURE(typed);
        CHECK(keys.take(typed, typed_at) == typed);
        CHECK_FALSE(keys.due());
    }
    CHECK(keys.take("\x10\x1b", typed_at) == "\x10\x1b");
    for (const std::string typed : {"\x1b[200~", "\x1b[112;5", "\x1b[", "\x1b[<", "\x1b[M", "\x1b[201", "~"}) {
        CAPTURE(typed);
        CHECK(keys.take(typed, typed_at) == typed);
        CHECK_FALSE(keys.due());
    }
    CHECK(DetachKeys("").take("\x1b[112;5", typed_at) == "\x1b[112;5");
    DetachKeys escape("ctrl-[");
    CHECK(escape.take("\x1b", typed_at) == "");
    CHECK(escape.found());
}

TEST_CASE("detach keys: a sequence that does not get whole is its bytes, and the keys may be among them") {
    DetachKeys keys("ctrl-[,[");
    CHECK(keys.take("a\x1b[1", typed_at) == "a");
    CHECK_FALSE(keys.found());
    CHECK(keys.expired(typed_at + DetachKeys::part_held_for) == "");
    CHECK(keys.found());
    CHECK_FALSE(keys.due());
    CHECK(keys.take("2", typed_at + DetachKeys::part_held_for) == "");  // nobody leaves twice
    CHECK(keys.start_over() == "12");
}

TEST_CASE("detach keys: the mouse and the focus between two of them go on at once") {
    for (const std::string& report : {sgr, x10, urxvt, std::string("\x1b[<0;1;1m"), std::string("\x1b[I"),
                                      std::string("\x1b[O"), "\x1b[I" + sgr + x10 + urxvt}) {
        CAPTURE(report);
        DetachKeys keys("ctrl-p,ctrl-q");
        CHECK(keys.take("\x1b[112;5u", typed_at) == "");
        CHECK(keys.take(report, typed_at + beat) == report);
        CHECK(keys.take("\x11", typed_at + 2 * beat) == "");
        CHECK(keys.found());
        CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10" + report + "x"}) == Outcome{report + "\x10x", "", false});
        check_cuts("ctrl-p,ctrl-q", "\x10" + report + "\x1b[113;5u");
    }
    for (const std::string other :
         {"\x1b[A", "\x1b[1;5I", "\x1b[m", "\x1b[0m", "\x1b[<1;1;1A", "\x1b[?1M", "\x1b[<a", "I"}) {
        CAPTURE(other);
        CHECK(outcome_of("ctrl-p,ctrl-q", {"\x10" + other + "\x11"}) == Outcome{"\x10" + other + "\x11", "", false});
    }
}

TEST_CASE("detach keys: the bytes of X10's report are no keys, and what can't be one is none of its bytes") {
    CHECK(outcome_of("q,q", {"\x1b[Mqqq"}) == Outcome{"\x1b[Mqqq", "", false});
    check_cuts("q,q",
               "\x1b[Mqqq"
               "q\x1b[I"
               "q");
    CHECK(outcome_of("ctrl-p,ctrl-q", {"\x1b[M\x10\x11"}) == Outcome{"\x1b[M", "", true});  // a key of another terminal
    CHECK(outcome_of("ctrl-p,ctrl-q", {"\x1b[Ma\x10\x11"}) == Outcome{"\x1b[Ma", "", true});
}

TEST_CASE("a question's answer may come in pieces too, and the mouse may move in between") {
    const ClipboardQuestion::Time asked_at{};
    ClipboardQuestion question("ctrl-p,ctrl-q");
    CHECK(question.take("\x1b[11", asked_at) == "\x1b[11");  // nothing is asked
    CHECK(question.take("2;5u", asked_at) == "2;5u");
    question.ask("\x1b]52;c;aGVsbG8=\a", asked_at);
    CHECK(question.take("a\x1b[112", asked_at) == "a");
    CHECK(question.due() == asked_at + DetachKeys::part_held_for);
    CHECK(question.expired(asked_at + beat) == "");
    CHECK(question.take(";5u" + sgr + "\x1b[1", asked_at + beat) == sgr);
    CHECK(question.take("21u\x1b[A", asked_at + 2 * beat) == "\x1b[A");
    CHECK(question.take_permitted());
}

TEST_CASE("a question that is answered by what did not get whole is answered") {
    const ClipboardQuestion::Time asked_at{};
    ClipboardQuestion question("M,q");
    question.ask("\x1b]52;c;aGVsbG8=\a", asked_at);
    CHECK(question.take("\x1b[", asked_at) == "");
    REQUIRE(question.due());
    CHECK(question.expired(*question.due()) == "\x1b[");
    CHECK(question.take("\x1b[Mx", asked_at) == "");
    CHECK(question.expired(*question.due()) == "\x1b[Mx");
    CHECK_FALSE(question.take_permitted());
    CHECK(question.take("My", asked_at) == "");
    CHECK(question.take_permitted());
}

}  // namespace isag
