// SPDX-License-Identifier: Apache-2.0
#include "common/deadline.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>
#include <memory>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

asio::awaitable<std::unique_ptr<int>> answer() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    co_return std::make_unique<int>(42);
}

asio::awaitable<void> nothing() { co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable); }

asio::awaitable<int> refuse_later() {
    co_await asio::post(co_await asio::this_coro::executor, asio::use_awaitable);
    throw isag::Error("the engine said no", "ask again", isag::ErrorKind::usage);
}

asio::awaitable<int> never(bool& finished) {
    struct Finish {
        bool& flag;
        ~Finish() { flag = true; }
    } finish{finished};
    asio::steady_timer timer(co_await asio::this_coro::executor, asio::steady_timer::time_point::max());
    co_await timer.async_wait(asio::use_awaitable);
    co_return 0;
}

}  // namespace

TEST_CASE("deadline: the operation's value comes out, moved") {
    asio::io_context context;
    int value = 0;
    const auto body = [&]() -> asio::awaitable<void> {
        auto operation = answer();
        const auto result = co_await isag::with_deadline(std::move(operation), 1h, "asking");
        value = *result;
    };
    isag::test::run(context, body());
    CHECK(value == 42);
}

TEST_CASE("deadline: an operation without a value may end in time") {
    asio::io_context context;
    bool done = false;
    const auto body = [&]() -> asio::awaitable<void> {
        auto operation = nothing();
        co_await isag::with_deadline(std::move(operation), 1h, "asking");
        done = true;
    };
    isag::test::run(context, body());
    CHECK(done);
}

TEST_CASE("deadline: the operation's own exception is carried out at once") {
    asio::io_context context;
    const auto body = []() -> asio::awaitable<void> {
        auto operation = refuse_later();
        co_await isag::with_deadline(std::move(operation), 1h, "asking");
    };
    try {
        isag::test::run(context, body());
        FAIL("nothing was thrown");
    } catch (const isag::Error& error) {
        CHECK(error.message() == "the engine said no");
        CHECK(error.hint() == "ask again");
        CHECK(error.kind() == isag::ErrorKind::usage);
    }
}

TEST_CASE("deadline: when it passes, the operation is finished before the error comes") {
    asio::io_context context;
    bool finished = false, finished_before = false;
    const auto body = [&]() -> asio::awaitable<void> {
        auto operation = never(finished);
        try {
            co_await isag::with_deadline(std::move(operation), 5ms, "asking");
        } catch (const isag::Error&) {
            finished_before = finished;
            throw;
        }
    };
    CHECK_THROWS_WITH(isag::test::run(context, body()), "asking took longer than 5 ms");
    CHECK(finished_before);
}
