// SPDX-License-Identifier: Apache-2.0
#include "common/task_group.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <stdexcept>

namespace asio = boost::asio;

namespace {

asio::awaitable<void> sleep_forever(int& destroyed) {
    struct Count {
        int& n;
        ~Count() { ++n; }
    } count{destroyed};
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
}

asio::awaitable<void> finish(int& finished) {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    ++finished;
}

asio::awaitable<void> fail() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw std::runtime_error("no");
}

asio::awaitable<void> join(isag::TaskGroup& group) { co_await group.join(); }

asio::awaitable<void> stop_and_join(isag::TaskGroup& group) {
    group.cancel();
    co_await group.join();
}

}  // namespace

TEST_CASE("task group: cancel then join destroys every child") {
    asio::io_context context;
    int destroyed = 0, errors = 0;
    isag::TaskGroup group(context.get_executor(), [&](std::exception_ptr) { ++errors; });
    group.spawn(sleep_forever(destroyed));
    group.spawn(sleep_forever(destroyed));
    isag::test::run(context, stop_and_join(group));
    CHECK(destroyed == 2);
    CHECK(errors == 2);
}

TEST_CASE("task group: join waits for children that end by themselves") {
    asio::io_context context;
    int finished = 0, errors = 0;
    isag::TaskGroup group(context.get_executor(), [&](std::exception_ptr) { ++errors; });
    for (int i = 0; i < 3; ++i) group.spawn(finish(finished));
    isag::test::run(context, join(group));
    CHECK(finished == 3);
    CHECK(errors == 0);
}

TEST_CASE("task group: a child's exception reaches the owner and nobody else") {
    asio::io_context context;
    int finished = 0;
    std::string message;
    isag::TaskGroup group(context.get_executor(), [&](std::exception_ptr error) {
        try {
            std::rethrow_exception(error);
        } catch (const std::exception& e) {
            message = e.what();
        }
    });
    group.spawn(fail());
    group.spawn(finish(finished));
    isag::test::run(context, join(group));
    CHECK(message == "no");
    CHECK(finished == 1);
}

TEST_CASE("task group: an empty one is joined at once, and one that was joined can go on") {
    asio::io_context context;
    int finished = 0;
    isag::TaskGroup group(context.get_executor(), [](std::exception_ptr) {});
    isag::test::run(context, join(group));
    group.spawn(finish(finished));
    context.restart();
    isag::test::run(context, join(group));
    CHECK(finished == 1);
}
