// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/turns.hpp"
#include "common/task_group.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <string>

namespace asio = boost::asio;
using isag::image::Turns;

namespace {

asio::awaitable<void> write_twice(Turns& turns, std::string key, std::string& out) {
    const auto turn = co_await turns.take(key);
    out += key;
    for (int i = 0; i < 5; ++i) co_await asio::post(asio::use_awaitable);
    out += key;
}

}  // namespace

TEST_CASE("work on one key is done one after the other, on other keys at the same time") {
    asio::io_context context;
    Turns turns;
    std::string same, mixed;
    const auto body = [&]() -> asio::awaitable<void> {
        isag::TaskGroup group(context.get_executor(), [](std::exception_ptr) { CHECK(false); });
        for (int i = 0; i < 3; ++i) group.spawn(write_twice(turns, "a", same));
        group.spawn(write_twice(turns, "b", mixed));
        group.spawn(write_twice(turns, "c", mixed));
        co_await group.join();
    };
    isag::test::run(context, body());
    CHECK(same == "aaaaaa");
    CHECK(mixed == "bcbc");
    CHECK(!turns.busy("a"));
}

TEST_CASE("who is cancelled while waiting leaves the line, and the next one gets the turn") {
    asio::io_context context;
    Turns turns;
    std::string out;
    const auto body = [&]() -> asio::awaitable<void> {
        isag::TaskGroup given_up(context.get_executor(), [](std::exception_ptr) {});
        isag::TaskGroup group(context.get_executor(), [](std::exception_ptr) { CHECK(false); });
        {
            const auto turn = co_await turns.take("a");
            CHECK(turns.busy("a"));
            given_up.spawn(write_twice(turns, "a", out));
            co_await asio::post(asio::use_awaitable);
            given_up.cancel();
            co_await given_up.join();
            group.spawn(write_twice(turns, "a", out));
            co_await asio::post(asio::use_awaitable);
            CHECK(out.empty());
        }
        co_await group.join();
    };
    isag::test::run(context, body());
    CHECK(out == "aa");
}
