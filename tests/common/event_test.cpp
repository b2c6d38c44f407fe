// SPDX-License-Identifier: Apache-2.0
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> wait_for(Event& event, std::chrono::steady_clock::time_point deadline, int& woken, int& late) {
    const bool happened = co_await event.wait_until(deadline);
    ++(happened ? woken : late);
}

asio::awaitable<void> ten_waiters(Event& event, int& woken, int& late) {
    const auto executor = co_await asio::this_coro::executor;
    TaskGroup group(executor, [](std::exception_ptr) {});
    for (int i = 0; i < 10; ++i) group.spawn(wait_for(event, std::chrono::steady_clock::now() + 20s, woken, late));
    for (int turn = 0; turn < 20; ++turn) co_await asio::post(executor, asio::use_awaitable);
    CHECK(woken == 0);  // waiting does not wake the others
    event.notify();
    co_await group.join();
}

asio::awaitable<void> too_late(Event& event, int& woken, int& late) {
    co_await wait_for(event, std::chrono::steady_clock::now() + 1ms, woken, late);
    event.notify();  // nobody waits any more
}

}  // namespace

TEST_CASE("Event: notify wakes all who wait, each of whom has a deadline of its own") {
    asio::io_context context;
    Event event;
    int woken = 0, late = 0;
    test::run(context, ten_waiters(event, woken, late));
    CHECK(woken == 10);
    CHECK(late == 0);
}

TEST_CASE("Event: a deadline that passes says so") {
    asio::io_context context;
    Event event;
    int woken = 0, late = 0;
    test::run(context, too_late(event, woken, late));
    CHECK(woken == 0);
    CHECK(late == 1);
}
