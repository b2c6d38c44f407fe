// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/ended_processes.hpp"
#include "common/log_error.hpp"
#include "common/task_group.hpp"
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;

namespace {

using Told = std::optional<std::optional<ExitStatus>>;  // nothing: it waits still

asio::awaitable<void> tell(EndedProcesses& ended, std::int64_t process, Told& told) {
    told = co_await ended.wait(process);
}

struct Askers {
    asio::io_context context;
    EndedProcesses ended;
    TaskGroup tasks{context.get_executor(), log_unless_cancelled};

    void run() {
        context.restart();
        context.poll();
    }
    // Who asks for that process now; what there is to run is run.
    void ask(std::int64_t process, Told& told) {
        tasks.spawn(tell(ended, process, told));
        run();
    }
};

ExitStatus status(int code) { return {.code = code, .signal = {}}; }

}  // namespace

TEST_CASE("ends of processes: known before or after somebody asks") {
    Askers askers;
    auto& ended = askers.ended;
    Told early, late;
    askers.ask(7, early);
    CHECK_FALSE(early);
    ended.note(7, status(3));
    askers.ask(7, late);
    REQUIRE(early);
    CHECK(early->value().code == 3);
    REQUIRE(late);
    CHECK(late->value().code == 3);
}

TEST_CASE("ends of processes: one that outlives hundreds of others is not missed, the latest are kept") {
    Askers askers;
    auto& ended = askers.ended;
    Told first, kept, forgotten;
    askers.ask(1, first);
    for (int process = 2; process < 1000; ++process) ended.note(process, status(process));
    ended.note(1, status(5));
    for (int process = 1000; process < 2000; ++process) ended.note(process, status(process));
    askers.ask(1999, kept);
    CHECK(first.value().value().code == 5);
    CHECK(kept.value().value().code == 1999);
    askers.ask(2, forgotten);
    CHECK_FALSE(forgotten);
    ended.give_up();
    askers.run();
}

TEST_CASE("ends of processes: what had a number before is not the process that has it now") {
    Askers askers;
    auto& ended = askers.ended;
    ended.note(7, status(3));
    const auto before = ended.noted();
    ended.note(8, status(4));  // while the new ones were asked for
    ended.started(7, before);
    ended.started(8, before);
    Told again, other;
    askers.ask(7, again);
    CHECK_FALSE(again);
    askers.ask(8, other);
    CHECK(other.value().value().code == 4);
    ended.give_up();
    askers.run();
    REQUIRE(again);
    CHECK_FALSE(again->has_value());
}
