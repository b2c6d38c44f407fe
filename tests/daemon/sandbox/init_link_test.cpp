// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "tests/daemon/sandbox/linked_init.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;
using namespace std::chrono_literals;

namespace {

using Fixture = test::LinkedInit;
using test::make_fds;

asio::awaitable<void> spawn_into(Fixture& fixture, proto::init::Spawn request, std::optional<SpawnedProcess>& out,
                                 std::string& error) {
    try {
        out = co_await fixture.link.spawn(std::move(request));
    } catch (const Error& e) {
        error = e.message();
    }
    fixture.changed.notify();
}

// Init answers a spawn with those descriptors.
asio::awaitable<void> spawn_with(Fixture& fixture, std::string fds, bool terminal, std::string& error) {
    const auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    proto::init::Spawn request;
    request.argv = {"true"};
    if (terminal) request.terminal.emplace();
    std::optional<SpawnedProcess> spawned;
    fixture.tasks.spawn(spawn_into(fixture, std::move(request), spawned, error));
    const auto asked = co_await init->receive();
    CHECK(asked->message.method == "spawn");
    const auto result = proto::to_json(proto::init::Spawned{42});
    init->send(proto::result_line(asked->message.id, result, static_cast<std::int64_t>(fds.size())),
               make_fds(fds, fixture.folder.path()));
    init->notify("ended", proto::to_json(proto::init::Ended{42, 3, {}, {}, 7}));
    co_await fixture.until([&] { return fixture.lost == 1 || (spawned && !fixture.ended.empty()); });
    if (fixture.lost == 1) co_return;
    CHECK(fixture.ended[0].process == 42);
    CHECK(fixture.ended[0].status.code == 3);
    CHECK(fixture.ended[0].age == 7s);
    fixture.link.taken(42);
    CHECK((co_await init->receive())->message.method == "taken");
    REQUIRE(spawned.has_value());
    CHECK(spawned->process == 42);
    CHECK(spawned->streams.size() == fds.size());
}

asio::awaitable<void> end_with(Fixture& fixture, std::string fds) {
    const auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    const auto ended = proto::to_json(proto::init::Ended{42, 3, {}, {}, {}});
    init->send(proto::notification_line("ended", ended, std::ssize(fds)), make_fds(fds, fixture.folder.path()));
    co_await fixture.until([&] { return fixture.lost == 1 || !fixture.ended.empty(); });
}

asio::awaitable<void> hang_up_and_dial_again(Fixture& fixture) {
    auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    std::optional<SpawnedProcess> spawned;
    std::string error;
    fixture.tasks.spawn(spawn_into(fixture, {}, spawned, error));
    co_await init->receive();
    init->close();
    init.reset();
    co_await fixture.until([&] { return fixture.lost == 1; });
    CHECK_FALSE(fixture.link.connected());
    fixture.link.kill(7, 15);  // waits until it is back
    init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    CHECK(error == "isag-init hung up before it answered (spawn)");
    fixture.link.kill(7, 9);
    for (const int signal : {15, 9}) {
        const auto kill = co_await init->receive();
        CHECK(kill->message.method == "kill");
        CHECK((*kill->message.payload)["signal"] == signal);
    }
}

asio::awaitable<void> refuse_strangers(Fixture& fixture) {
    fixture.link.expect(1);  // init is another process
    const auto stranger = fixture.dial_ready();
    const auto answer = co_await stranger->receive();
    CHECK_FALSE(answer.has_value());
    CHECK_FALSE(fixture.link.connected());
    const auto other = fixture.dial();
    fixture.link.expect(::getpid());
    other->notify("ready", proto::to_json(proto::init::Ready{proto::protocol_version + 1}));
    const auto refused = co_await other->receive();
    CHECK_FALSE(refused.has_value());
    const auto silent = fixture.dial_ready();
    silent->send("not json");
    const auto dropped = co_await silent->receive();
    CHECK_FALSE(dropped.has_value());
}

asio::awaitable<void> say_nothing(Fixture& fixture, std::vector<std::shared_ptr<proto::Channel>>& kept) {
    fixture.link.expect(::getpid());
    kept.push_back(fixture.dial());
    std::string text;
    try {
        co_await fixture.link.wait_ready(::getpid(), 50ms);
    } catch (const Error& error) {
        text = error.message();
    }
    CHECK(text == "isag-init did not call back from the sandbox");
}

asio::awaitable<void> dial_before_known(Fixture& fixture) {
    const auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    CHECK(fixture.link.connected());
}

}  // namespace

TEST_CASE("InitLink: a spawn is answered with the process and its streams") {
    for (const bool terminal : {true, false}) {
        Fixture fixture;
        std::string error;
        fixture.run(spawn_with(fixture, terminal ? "m" : "wrr", terminal, error));
        CHECK(error == "");
        CHECK(fixture.lost == 0);
        CHECK(fixture.failed == 0);
    }
}

TEST_CASE("InitLink: streams other than those asked for are refused, in number and in kind, and init is hung up on") {
    const std::pair<const char*, bool> wrong[] = {
        {"", false},    {"w", false}, {"wrrr", false}, {"rrr", false}, {"wwr", false}, {"wrn", false}, {"wfr", false},
        {"mrr", false}, {"", true},   {"mm", true},    {"s", true},    {"n", true},    {"r", true},    {"wrr", true}};
    for (const auto& [fds, terminal] : wrong) {
        CAPTURE(fds);
        Fixture fixture;
        std::string error;
        fixture.run(spawn_with(fixture, fds, terminal, error));
        CHECK(error == "isag-init sent other streams than it was asked for");
        CHECK(fixture.lost == 1);
    }
}

TEST_CASE(
    "InitLink: with a process's end comes its terminal or nothing; init is hung up on where it is anything else") {
    for (const std::string fds : {"", "m", "s", "n", "r", "mm"}) {
        CAPTURE(fds);
        Fixture fixture;
        fixture.run(end_with(fixture, fds));
        const bool fine = fds.empty() || fds == "m";
        CHECK(fixture.lost == (fine ? 0 : 1));
        CHECK(fixture.ended.size() == (fine ? 1 : 0));
        CHECK((fine && fixture.ended[0].terminal) == (fds == "m"));
    }
}

TEST_CASE("InitLink: when init hangs up, what was asked fails, and it may dial again") {
    Fixture fixture;
    fixture.run(hang_up_and_dial_again(fixture));
    CHECK(fixture.failed == 0);
}

TEST_CASE("InitLink: strangers, another version and nonsense are hung up on") {
    Fixture fixture;
    fixture.run(refuse_strangers(fixture));
}

TEST_CASE("InitLink: an init that dials and says nothing is no reason not to stop") {
    std::vector<std::shared_ptr<proto::Channel>> kept;
    Fixture fixture;
    fixture.run(say_nothing(fixture, kept));
    kept.clear();
}

TEST_CASE("InitLink: init may dial before its pid is known") {
    Fixture fixture;
    fixture.run(dial_before_known(fixture));
}
