// SPDX-License-Identifier: Apache-2.0
#include "common/turns.hpp"
#include "common/task_group.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <string>

namespace asio = boost::asio;
using namespace isag;

namespace {

void rethrow(std::exception_ptr error) { std::rethrow_exception(error); }

asio::awaitable<void> let_others_run() {
    const auto executor = co_await asio::this_coro::executor;
    for (int turn = 0; turn < 20; ++turn) co_await asio::post(executor, asio::use_awaitable);
}

struct Log {
    std::string text;
    int at_once = 0;
    int most = 0;
    bool wanted = true;
};

asio::awaitable<void> take_turn(Turns& turns, char name, Log& log) {
    auto is_wanted = [&log] { return log.wanted; };
    const auto turn = co_await turns.take(std::move(is_wanted));
    if (!turn) {
        log.text += '-';
        co_return;
    }
    log.text += name;
    log.most = std::max(log.most, ++log.at_once);
    co_await let_others_run();
    --log.at_once;
}

asio::awaitable<void> all_take_turns(Turns& turns, Log& log) {
    TaskGroup group(co_await asio::this_coro::executor, rethrow);
    for (const char name : std::string("abcdefg")) group.spawn(take_turn(turns, name, log));
    co_await group.join();
}

asio::awaitable<void> lose_interest(Turns& turns, Log& log) {
    TaskGroup group(co_await asio::this_coro::executor, rethrow);
    auto always = [] { return true; };
    auto held = co_await turns.take(std::move(always));
    for (const char name : std::string("abc")) group.spawn(take_turn(turns, name, log));
    co_await let_others_run();
    CHECK(log.text.empty());
    log.wanted = false;
    turns.look_again();
    co_await group.join();  // though the turn is still held
    CHECK(log.text == "---");
    held.reset();
    log.wanted = true;
    co_await take_turn(turns, 'd', log);
    CHECK(log.text == "---d");
}

asio::awaitable<void> cancel_one(Turns& turns, Log& log) {
    auto always = [] { return true; };
    auto held = co_await turns.take(std::move(always));
    int cancelled = 0;
    TaskGroup group(co_await asio::this_coro::executor, [&](std::exception_ptr) { ++cancelled; });
    group.spawn(take_turn(turns, 'a', log));
    co_await let_others_run();
    group.cancel();
    co_await group.join();
    CHECK(cancelled == 1);
    CHECK(log.text.empty());
}

}  // namespace

TEST_CASE("Turns: so many at a time, who came first goes first") {
    asio::io_context context;
    Turns turns(2);
    Log log;
    test::run(context, all_take_turns(turns, log));
    CHECK(log.text == "abcdefg");
    CHECK(log.most == 2);
}

TEST_CASE("Turns: who no longer wants a turn does not wait for it, and takes none") {
    asio::io_context context;
    Turns turns(1);
    Log log;
    test::run(context, lose_interest(turns, log));
}

TEST_CASE("Turns: a wait can be cancelled") {
    asio::io_context context;
    Turns turns(1);
    Log log;
    test::run(context, cancel_one(turns, log));
}
