// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/session.hpp"
#include "proto/message.hpp"
#include <csignal>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>

using namespace isag;
using init::Session;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

const Session::Time start = Session::Time{} + std::chrono::hours(1);
const ExitStatus success{.code = 0, .signal = {}};

std::int64_t process_in(const Session::Line& line) {
    const auto message = proto::parse_message(line.text);
    return proto::from_json<proto::init::Ended>(*message->payload, "ended")->process;
}

Session connected_session() {
    Session session;
    session.dialled(start, true);
    session.take_lines(start);
    return session;
}

}  // namespace

TEST_CASE("session: it dials at once, and again every interval until somebody answers") {
    Session session;
    CHECK(session.dial_due(start));
    session.dialled(start, false);
    CHECK_FALSE(session.dial_due(start + milliseconds(249)));
    CHECK(session.dial_due(start + milliseconds(250)));
    CHECK(session.next_due() == start + milliseconds(250));
    session.dialled(start + milliseconds(250), true);
    CHECK_FALSE(session.dial_due(start + seconds(9)));
    CHECK_FALSE(session.next_due());
}

TEST_CASE("session: a lost connection is redialled at once, a listener that hangs up only every interval") {
    Session session = connected_session();
    session.disconnected();
    CHECK_FALSE(session.dial_due(start + milliseconds(1)));
    CHECK(session.dial_due(start + milliseconds(250)));
    CHECK(session.dial_due(start + seconds(5)));
}

TEST_CASE("session: ready is the first line of every connection") {
    Session session;
    CHECK(session.take_lines(start).empty());
    for (int i = 0; i < 2; ++i) {
        session.dialled(start, true);
        const auto lines = session.take_lines(start);
        REQUIRE(lines.size() == 1);
        CHECK(proto::parse_message(lines[0].text)->method == "ready");
        CHECK(session.take_lines(start).empty());
        session.disconnected();
    }
}

TEST_CASE("session: the end of an orphan is nobody's business") {
    Session session = connected_session();
    session.reaped(77, success, start);
    CHECK(session.take_lines(start).empty());
}

TEST_CASE("session: an end is told once on each connection, after ready, until its number is another process's") {
    Session session = connected_session();
    session.spawned(4, false, UniqueFd());
    session.spawned(5, false, UniqueFd());
    session.reaped(5, success, start);
    REQUIRE(session.take_lines(start).size() == 1);
    for (int i = 0; i < 2; ++i) {
        session.disconnected();
        session.dialled(start, true);
        const auto lines = session.take_lines(start);
        REQUIRE(lines.size() == 2);
        CHECK(process_in(lines[1]) == 5);
        CHECK(session.take_lines(start).empty());
    }
    session.spawned(5, false, UniqueFd());
    session.reaped(4, success, start);
    CHECK(process_in(session.take_lines(start).at(0)) == 4);
    session.disconnected();
    session.dialled(start, true);
    CHECK(session.take_lines(start).size() == 2);
}

TEST_CASE("session: of too many ends the oldest are forgotten") {
    Session session;
    for (int pid = 1; pid <= 262; ++pid) {
        session.spawned(pid, false, UniqueFd());
        session.reaped(pid, success, start);
    }
    session.dialled(start, true);
    const auto lines = session.take_lines(start);
    REQUIRE(lines.size() == 1 + init::most_ends);
    CHECK(process_in(lines[1]) == 7);
    CHECK(process_in(lines.back()) == 262);
}

TEST_CASE("session: the main process's end is told last, and init exits once that was taken note of") {
    Session session = connected_session();
    session.spawned(2, true, UniqueFd());
    session.spawned(3, false, UniqueFd());
    session.reaped(2, {.code = {}, .signal = SIGTERM}, start);
    CHECK(session.ending());
    CHECK(session.take_lines(start).empty());
    session.reaped(3, success, start);
    session.all_reaped();
    const auto lines = session.take_lines(start);
    REQUIRE(lines.size() == 2);
    CHECK(process_in(lines[0]) == 3);
    CHECK(process_in(lines[1]) == 2);
    session.taken(3);
    session.tick(start);
    CHECK_FALSE(session.exit_status());
    session.taken(2);
    CHECK(session.exit_status() == 128 + SIGTERM);
}

TEST_CASE("session: the main process's end brings its terminal along, and nobody else's does") {
    Session session;
    session.spawned(2, true, UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    session.spawned(3, false, UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)));
    session.reaped(3, success, start);
    session.reaped(2, success, start);
    session.all_reaped();
    for (int i = 0; i < 2; ++i) {  // to each daemon
        session.dialled(start, true);
        const auto lines = session.take_lines(start);
        REQUIRE(lines.size() == 3);
        CHECK(lines[1].fds.empty());
        REQUIRE(lines[2].fds.size() == 1);
        CHECK(lines[2].fds[0]);
        CHECK(proto::parse_message(lines[2].text)->fds == 1);
        session.disconnected();
    }
}

TEST_CASE("session: a process that can't be killed holds the end up for two seconds only") {
    Session session = connected_session();
    session.spawned(2, true, UniqueFd());
    session.spawned(3, false, UniqueFd());
    session.reaped(2, success, start);
    CHECK(session.next_due() == start + init::reap_limit);
    session.tick(start + init::reap_limit);
    CHECK(session.take_lines(start).size() == 1);
}

TEST_CASE("session: without a daemon init waits a day after the main process, and says then how long ago that was") {
    Session session;
    session.dialled(start, false);
    session.spawned(2, true, UniqueFd());
    session.reaped(2, {.code = 9, .signal = {}}, start);
    session.all_reaped();
    const auto later = start + std::chrono::hours(24) - seconds(1);
    session.tick(later);
    CHECK_FALSE(session.exit_status());
    session.dialled(later, true);
    const auto message = proto::parse_message(session.take_lines(later).at(1).text);
    CHECK(proto::from_json<proto::init::Ended>(*message->payload, "ended")->age == 24 * 3600 - 1);
    session.tick(start + init::farewell_limit);
    CHECK(session.exit_status() == 9);
}

TEST_CASE("session: SIGTERM goes to the main process, and ends init where none runs") {
    Session session = connected_session();
    session.spawned(2, true, UniqueFd());
    CHECK(session.terminated() == 2);
    CHECK_FALSE(session.exit_status());
    session.reaped(2, {.code = 3, .signal = {}}, start);
    CHECK_FALSE(session.terminated());
    CHECK(session.exit_status() == 3);
    Session idle = connected_session();
    CHECK_FALSE(idle.terminated());
    CHECK(idle.exit_status() == 143);
}

TEST_CASE("session: only what was spawned and still runs is known") {
    Session session = connected_session();
    session.spawned(2, true, UniqueFd());
    CHECK(session.is_running(2));
    CHECK_FALSE(session.is_running(3));
    CHECK_FALSE(session.is_running(-2));
    CHECK_FALSE(session.is_running(2 + (std::int64_t{1} << 32)));
    session.reaped(2, success, start);
    CHECK_FALSE(session.is_running(2));
}
