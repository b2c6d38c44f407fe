// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "common/deadline.hpp"
#include "common/event.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <unistd.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;
using namespace std::chrono_literals;
using asio::local::stream_protocol;

namespace {

// A link whose init is this test: it has the expected pid.
struct Fixture {
    test::TempFolder folder;
    asio::io_context context;
    std::filesystem::path socket = folder.path() / "init.sock";
    InitLink link{context.get_executor(), socket};
    TaskGroup tasks{context.get_executor(), [this](std::exception_ptr) { ++failed; }};
    Event changed;
    int failed = 0;
    int lost = 0;
    std::vector<std::pair<std::int64_t, ExitStatus>> ended;

    Fixture() {
        link.on_ended([this](std::int64_t process, ExitStatus status) {
            ended.emplace_back(process, status);
            changed.notify();
        });
        link.on_lost([this] {
            ++lost;
            changed.notify();
        });
    }
    std::shared_ptr<proto::Channel> dial() {
        stream_protocol::socket end(context);
        end.connect(stream_protocol::endpoint(socket.string()));
        return std::make_shared<proto::Channel>(std::move(end));
    }
    std::shared_ptr<proto::Channel> dial_ready() {
        auto channel = dial();
        channel->notify("ready", proto::to_json(proto::init::Ready{proto::protocol_version}));
        return channel;
    }
    asio::awaitable<void> until(std::function<bool()> met) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!met())
            if (!co_await changed.wait_until(deadline)) throw std::runtime_error("it never happened");
    }
    // Runs the body beside the link, which is then stopped; everything is joined.
    asio::awaitable<void> whole(asio::awaitable<void> body) {
        tasks.spawn(link.run());
        std::exception_ptr error;
        try {
            co_await std::move(body);
        } catch (...) {
            error = std::current_exception();
        }
        link.stop();
        auto joined = tasks.join();
        co_await with_deadline(std::move(joined), 10s, "stopping the link");
        if (error) std::rethrow_exception(error);
    }
    void run(asio::awaitable<void> body) { test::run(context, whole(std::move(body))); }
};

asio::awaitable<void> spawn_into(InitLink& link, proto::init::Spawn request, std::optional<SpawnedProcess>& out,
                                 std::string& error) {
    try {
        out = co_await link.spawn(std::move(request));
    } catch (const Error& e) {
        error = e.message();
    }
}

std::vector<UniqueFd> some_fds(std::size_t count) {
    std::vector<UniqueFd> out;
    for (std::size_t i = 0; i < count; ++i) out.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
    return out;
}

// Init answers a spawn with that many descriptors.
asio::awaitable<void> spawn_with(Fixture& fixture, std::size_t fds, bool terminal, std::string& error) {
    const auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    proto::init::Spawn request;
    request.argv = {"true"};
    if (terminal) request.terminal.emplace();
    std::optional<SpawnedProcess> spawned;
    fixture.tasks.spawn(spawn_into(fixture.link, std::move(request), spawned, error));
    const auto asked = co_await init->receive();
    CHECK(asked->message.method == "spawn");
    const auto result = proto::to_json(proto::init::Spawned{42});
    init->send(proto::result_line(asked->message.id, result, static_cast<std::int64_t>(fds)), some_fds(fds));
    init->notify("ended", proto::to_json(proto::init::Ended{42, 3, std::nullopt}));
    co_await fixture.until([&] { return !fixture.ended.empty(); });
    CHECK(fixture.ended[0].first == 42);
    CHECK(fixture.ended[0].second.code == 3);
    if (!error.empty()) co_return;
    REQUIRE(spawned.has_value());
    CHECK(spawned->process == 42);
    CHECK(spawned->streams.size() == fds);
}

asio::awaitable<void> hang_up_and_dial_again(Fixture& fixture) {
    auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    std::optional<SpawnedProcess> spawned;
    std::string error;
    fixture.tasks.spawn(spawn_into(fixture.link, {}, spawned, error));
    co_await init->receive();
    init->close();
    init.reset();
    co_await fixture.until([&] { return fixture.lost == 1; });
    CHECK_FALSE(fixture.link.connected());
    init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    CHECK(error == "the sandbox ended while a command was started");
    fixture.link.kill(7, 15);
    const auto kill = co_await init->receive();
    CHECK(kill->message.method == "kill");
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
        fixture.run(spawn_with(fixture, terminal ? 1 : 3, terminal, error));
        CHECK(error == "");
        CHECK(fixture.failed == 0);
    }
}

TEST_CASE("InitLink: streams other than those asked for are refused") {
    for (const std::size_t count : {0, 1, 4}) {
        Fixture fixture;
        std::string error;
        fixture.run(spawn_with(fixture, count, false, error));
        CHECK(error == "isag-init sent other streams than it was asked for");
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
