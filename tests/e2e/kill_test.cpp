// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <functional>

// Whatever is killed at whatever moment of a start, `isag stop --all` leaves nothing behind.
namespace isag {
using test::Clock;
using test::Home;
using test::Running;

namespace {

constexpr int points = 20;

Clock::duration measured_start(const Home& home) {
    const auto begin = Clock::now();
    const auto ran = home.run({"true"});
    REQUIRE_MESSAGE(ran.status == 0, ran.err);
    return Clock::now() - begin;
}

// Lets that much of the start go by, or ends earlier with the start itself.
void let_pass(const Running& running, Clock::duration time) {
    const auto until = Clock::now() + time;
    test::eventually([&] { return running.has_ended() || Clock::now() >= until; }, time);
}

// Calls `kill` at points spread over the whole start, and a little beyond.
void at_each_point(const std::function<void(const Home&, Running&)>& kill) {
    const Home home;
    const auto whole = measured_start(home);
    for (int point = 0; point < points; ++point) {
        CAPTURE(point);
        Running running = home.start({"run", "--", "sleep", "1000"});
        let_pass(running, whole * point * 11 / (points * 10));
        kill(home, running);
        CHECK(home.stop_all() == "");
        CHECK(running.wait() != 0);
    }
}

}  // namespace

TEST_CASE("a client killed at any moment of a start leaves nothing") {
    at_each_point([](const Home&, Running& running) { running.signal(SIGKILL); });
}

TEST_CASE("a client interrupted at any moment of a start leaves nothing") {
    at_each_point([](const Home&, Running& running) { running.signal(SIGTERM); });
}

TEST_CASE("isagd killed at any moment of a start leaves nothing") {
    at_each_point([](const Home& home, Running&) { home.signal_daemon(SIGKILL); });
}

TEST_CASE("isagd ended at any moment of a start leaves nothing") {
    at_each_point([](const Home& home, Running&) { home.signal_daemon(SIGTERM); });
}

TEST_CASE("a container removed at any moment of a start leaves nothing") {
    at_each_point([](const Home& home, Running&) {
        for (const auto& id : home.containers()) test::docker({"rm", "-f", id});
    });
}

TEST_CASE("isag stop --all at any moment of a start leaves nothing") {
    at_each_point([](const Home&, Running&) {});
}

}  // namespace isag
