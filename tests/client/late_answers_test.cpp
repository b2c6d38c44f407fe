// SPDX-License-Identifier: Apache-2.0
#include "client/late_answers.hpp"
#include "common/unique_fd.hpp"
#include <doctest/doctest.h>
#include <poll.h>
#include <string>
#include <unistd.h>

namespace isag {
namespace {

using namespace std::chrono_literals;

LateAnswers::Time now() { return std::chrono::steady_clock::now(); }

std::string take(const UniqueFd& from) {
    pollfd fd{from.get(), POLLIN, 0};
    if (::poll(&fd, 1, 0) <= 0) return {};
    char bytes[4096];
    const ssize_t n = ::read(from.get(), bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

// A terminal that has said this already when it is asked: what is left of it, and what it was asked.
struct Dropped {
    Dropped(LateAnswers& answers, const std::string& said) {
        Pipe in = make_pipe(), out = make_pipe();
        REQUIRE(::write(in.write.get(), said.data(), said.size()) == static_cast<ssize_t>(said.size()));
        const auto before = now();
        answers.drop(in.read.get(), out.write.get());
        took = now() - before;
        left = take(in.read);
        question = take(out.read);
    }
    std::string left;
    std::string question;
    std::chrono::steady_clock::duration took{};
};

}  // namespace

TEST_CASE("answers to what was asked just before the end are dropped, and what is typed behind them stays") {
    LateAnswers answers;
    answers.asked({true, 1}, now());
    const Dropped dropped(answers, "\x1b[?1;2c\x1b[2;1R\x1b]11;rgb:0000/0000/0000\a\x1b[?62;4cls\r");
    CHECK(dropped.question == "\x1b[c");
    CHECK(dropped.left == "ls\r");
    const Dropped again(answers, "\x1b[?1;2c");
    CHECK(again.question == "");
    CHECK(again.left == "\x1b[?1;2c");
}

TEST_CASE("an answer that came while the program ran is not waited for, though half of it came after") {
    LateAnswers answers;
    answers.asked({true, 2}, now());
    answers.came("typed\x1b[?1;2c\x1b[?6");
    CHECK(Dropped(answers, "2c\x1b[?62cls").left == "ls");
}

TEST_CASE("where nothing was asked, or long ago, or nothing that is answered, the terminal is left alone") {
    for (const auto& [questions, age] :
         {std::pair{Questions{true, 1}, LateAnswers::come_within + 1ms}, {Questions{false, 0}, 0ms}}) {
        LateAnswers answers;
        CHECK_FALSE(answers.expected(now()));
        answers.asked(questions, now() - age);
        CHECK_FALSE(answers.expected(now()));
        const Dropped dropped(answers, "\x1b[?1;2cls");
        CHECK(dropped.question == "");
        CHECK(dropped.left == "\x1b[?1;2cls");
    }
}

TEST_CASE("a terminal that never answers is waited for a moment only") {
    LateAnswers answers;
    answers.asked({true, 0}, now());
    const Dropped dropped(answers, "\x1b[2;1R");
    CHECK(dropped.question == "\x1b[c");
    CHECK(dropped.left == "");
    CHECK(dropped.took >= LateAnswers::waits_for - 10ms);
    CHECK(dropped.took < 10s);
}

}  // namespace isag
