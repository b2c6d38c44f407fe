// SPDX-License-Identifier: Apache-2.0
#include "common/eager_run.hpp"
#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <ctime>
#include <doctest/doctest.h>
#include <functional>
#include <stdexcept>

namespace asio = boost::asio;
namespace isag {
namespace {

double processor_ms() {
    timespec time{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

// Of 200 events, a millisecond apart.
double processor_ms_of_ticks(const std::function<void(asio::io_context&)>& run) {
    asio::io_context context(1);
    asio::steady_timer timer(context);
    int left = 200;
    std::function<void()> tick = [&] {
        timer.expires_after(std::chrono::milliseconds(1));
        timer.async_wait([&](auto) {
            if (--left > 0) tick();
        });
    };
    tick();
    const double before = processor_ms();
    run(context);
    return processor_ms() - before;
}

}  // namespace

TEST_CASE("run_eagerly returns once nothing is left, and what that does is done too") {
    asio::io_context context(1);
    int done = 0;
    asio::post(context, [&] { asio::post(context, [&] { ++done; }); });
    asio::steady_timer timer(context, std::chrono::milliseconds(20));
    timer.async_wait([&](auto) { ++done; });
    run_eagerly(context);
    CHECK(done == 2);
}

TEST_CASE("run_eagerly lets exceptions through, and can be called again") {
    asio::io_context context(1);
    bool done = false;
    asio::post(context, [] { throw std::runtime_error("x"); });
    asio::post(context, [&] { done = true; });
    CHECK_THROWS_AS(run_eagerly(context), std::runtime_error);
    run_eagerly(context);
    CHECK(done);
}

TEST_CASE("run_eagerly: what comes rarely is not waited for awake") {
    // Whatever else the machine does adds to each.
    const auto least_of_three = [](auto run) {
        return std::min({processor_ms_of_ticks(run), processor_ms_of_ticks(run), processor_ms_of_ticks(run)});
    };
    const double plain = least_of_three([](asio::io_context& context) { context.run(); });
    const double eager = least_of_three(run_eagerly);
    CHECK(eager < plain + 5);  // 50 us for each tick would be 10
}

}  // namespace isag
