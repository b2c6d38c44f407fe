// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/init_link.hpp"
#include "common/deadline.hpp"
#include "common/event.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
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

asio::awaitable<void> spawn_into(Fixture& fixture, proto::init::Spawn request, std::optional<SpawnedProcess>& out,
                                 std::string& error) {
    try {
        out = co_await fixture.link.spawn(std::move(request));
    } catch (const Error& e) {
        error = e.message();
    }
    fixture.changed.notify();
}

// m: a terminal's master, s: its other end, r and w: the ends of a pipe, f: a FIFO with a name, n: /dev/null.
std::vector<UniqueFd> make_fds(const std::string& kinds, const std::filesystem::path& folder) {
    std::vector<UniqueFd> out;
    for (const char kind : kinds) {
        Pipe pipe = make_pipe();
        UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        REQUIRE(::unlockpt(master.get()) == 0);
        if (kind == 'm') out.push_back(std::move(master));
        if (kind == 's') out.emplace_back(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (kind == 'r') out.push_back(std::move(pipe.read));
        if (kind == 'w') out.push_back(std::move(pipe.write));
        if (kind == 'n') out.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (kind == 'f') {
            ::mkfifo((folder / "fifo").c_str(), 0600);
            out.emplace_back(::open((folder / "fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        }
    }
    return out;
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
    init->notify("ended", proto::to_json(proto::init::Ended{42, 3, {}, {}}));
    co_await fixture.until([&] { return fixture.lost == 1 || (spawned && !fixture.ended.empty()); });
    if (fixture.lost == 1) co_return;
    CHECK(fixture.ended[0].first == 42);
    CHECK(fixture.ended[0].second.code == 3);
    REQUIRE(spawned.has_value());
    CHECK(spawned->process == 42);
    CHECK(spawned->streams.size() == fds.size());
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
