// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate_link.hpp"
#include "common/child_process.hpp"
#include "common/deadline.hpp"
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/firewall/process_status.hpp"
#include "proto/channel.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/io_context.hpp>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::firewall;
using namespace std::chrono_literals;
namespace wire = isag::proto::gate;

namespace {

ChildProcess start_gate(const std::filesystem::path& socket, const std::string& mode) {
    ChildOptions options;
    options.argv = {ISAG_FAKE_GATE, mode, socket.string()};
    options.ends_with_us = true;
    return ChildProcess::start(options);
}

// The worker of a supervisor, once there is one.
std::optional<pid_t> worker_of(pid_t gate) {
    const auto pid = std::to_string(gate);
    std::ifstream in("/proc/" + pid + "/task/" + pid + "/children");
    pid_t worker = 0;
    if (in >> worker) return worker;
    return std::nullopt;
}

struct LinkedGate {
    test::TempFolder folder;
    asio::io_context context;
    std::filesystem::path socket = folder.path() / "gate.sock";
    GateLink link{context.get_executor(), socket};
    TaskGroup tasks{context.get_executor(), [this](std::exception_ptr) { ++failed; }};
    isag::Event changed;
    int failed = 0, ready = 0, lost = 0;
    bool configured = false;
    wire::Events events;

    LinkedGate() {
        link.on_ready([this](const wire::Ready& said) {
            ++ready;
            configured = said.configured;
            changed.notify();
        });
        link.on_lost([this] {
            ++lost;
            changed.notify();
        });
        link.on_events([this](const wire::Events& said) {
            events = said;
            changed.notify();
        });
    }
    asio::awaitable<void> until(std::function<bool()> met) {
        const auto deadline = std::chrono::steady_clock::now() + 20s;
        while (!met())
            if (!co_await changed.wait_until(deadline)) throw std::runtime_error("it never happened");
    }
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

wire::Configure some_settings() {
    wire::Configure settings;
    settings.rules.push_back({"example.com", {443}, false});
    settings.resolvers.push_back({"198.51.100.53", 53});
    settings.own_addresses = {"198.51.100.1"};
    return settings;
}

asio::awaitable<void> talk(LinkedGate& fixture, pid_t pid) {
    const auto ready = co_await fixture.link.wait_ready(pid, 20s);
    struct stat own {};
    ::stat("/proc/self/ns/net", &own);
    CHECK(ready.network_namespace == static_cast<std::int64_t>(own.st_ino));
    CHECK(ready.limited);
    CHECK_FALSE(ready.configured);
    auto settings = some_settings();
    co_await fixture.link.configure(std::move(settings));
    wire::Siblings siblings;
    siblings.siblings.push_back({"db", {"198.51.100.7"}});
    fixture.link.tell_siblings(std::move(siblings));
    const auto state = co_await fixture.link.show();
    REQUIRE(state.rules.size() == 1);
    CHECK(state.rules[0].rule.name == "example.com");
    REQUIRE(state.siblings.size() == 1);
    CHECK(state.siblings[0].name == "db");
    wire::Change change;
    const auto changed = co_await fixture.link.change(std::move(change));
    CHECK(changed.cut == 3);
    wire::Check check;
    const auto checked = co_await fixture.link.check(std::move(check));
    CHECK_FALSE(checked.allowed);
    const bool answers = co_await fixture.link.answers();
    CHECK(answers);
    co_await fixture.until([&] { return !fixture.events.events.empty(); });
    CHECK(fixture.events.events[0].target == "told.example");
}

asio::awaitable<void> ask_for_connections(LinkedGate& fixture, pid_t pid) {
    co_await fixture.link.wait_ready(pid, 20s);
    std::string listening, connecting;
    try {
        wire::Listen at{"", 0};
        co_await fixture.link.listen(std::move(at));
    } catch (const Error& error) {
        listening = error.message();
    }
    CHECK(listening == "the sandbox was started by an older isag, which can't do this");
    CHECK(fixture.link.connected());
    try {
        wire::Connect target{"", 80};
        co_await fixture.link.connect(std::move(target));
    } catch (const Error& error) {
        connecting = error.message();
    }
    CHECK(connecting == "isag-gate handed over something else than a connection");
    co_await fixture.until([&] { return fixture.lost == 1 && fixture.ready == 2; });
}

asio::awaitable<void> new_worker(LinkedGate& fixture, pid_t pid) {
    co_await fixture.link.wait_ready(pid, 20s);
    auto settings = some_settings();
    co_await fixture.link.configure(std::move(settings));
    ::kill(worker_of(pid).value(), SIGKILL);
    co_await fixture.until([&] { return fixture.lost == 1 && fixture.ready == 2; });
    CHECK(fixture.configured);
    CHECK(fixture.link.connected());
}

asio::awaitable<void> hang(LinkedGate& fixture, pid_t pid) {
    co_await fixture.link.wait_ready(pid, 20s);
    const pid_t worker = worker_of(pid).value();
    ::kill(worker, SIGSTOP);
    const bool answers = co_await fixture.link.answers();
    CHECK_FALSE(answers);
    CHECK(fixture.link.connected());
    ::kill(worker, SIGCONT);
    const bool again = co_await fixture.link.answers();
    CHECK(again);
}

asio::awaitable<void> refuse_dialler(LinkedGate& fixture, std::shared_ptr<proto::Channel> stranger) {
    stranger->notify("ready", proto::to_json(wire::Ready{proto::protocol_version, 1, true, false}));
    const auto answer = co_await stranger->receive();
    CHECK_FALSE(answer.has_value());
    CHECK_FALSE(fixture.link.connected());
}

asio::awaitable<void> refuse(LinkedGate& fixture, pid_t pid,
                             const std::function<std::shared_ptr<proto::Channel>()>& dial) {
    fixture.link.expect(pid);  // this test is no child of it
    auto stranger = dial();
    co_await refuse_dialler(fixture, std::move(stranger));
    fixture.link.expect(::getpid());  // and not its own child either: PID 1 itself does not dial
    stranger = dial();
    co_await refuse_dialler(fixture, std::move(stranger));
    std::string text;
    try {
        co_await fixture.link.show();
    } catch (const Error& error) {
        text = error.message();
    }
    CHECK(text == "isag-gate did not call back from the sandbox");
}

}  // namespace

TEST_CASE("GateLink: a gate is told its rules, asked, and heard") {
    LinkedGate fixture;
    const auto process = start_gate(fixture.socket, "limited");
    fixture.run(talk(fixture, process.pid()));
    CHECK(fixture.failed == 0);
}

TEST_CASE("GateLink: what an older gate can't do is told as such, and one that hands over nothing is hung up on") {
    LinkedGate fixture;
    const auto process = start_gate(fixture.socket, "limited");
    fixture.run(ask_for_connections(fixture, process.pid()));
}

TEST_CASE("GateLink: a worker that died is followed by the next one, which was configured before") {
    LinkedGate fixture;
    const auto process = start_gate(fixture.socket, "limited");
    fixture.run(new_worker(fixture, process.pid()));
}

TEST_CASE("GateLink: a gate that hangs keeps its connection and does not answer") {
    LinkedGate fixture;
    const auto process = start_gate(fixture.socket, "limited");
    fixture.run(hang(fixture, process.pid()));
}

TEST_CASE("GateLink: who is no child of the gate's first process is hung up on") {
    LinkedGate fixture;
    const auto process = start_gate(fixture.folder.path() / "other.sock", "limited");
    fixture.run(refuse(fixture, process.pid(), [&] {
        asio::local::stream_protocol::socket end(fixture.context);
        end.connect(asio::local::stream_protocol::endpoint(fixture.socket.string()));
        return std::make_shared<proto::Channel>(std::move(end));
    }));
}

TEST_CASE("is_root_inside: by the line of the map that holds the user") {
    CHECK(is_root_inside("         0       1000          1\n         1     100000      65536\n", 1000));
    CHECK_FALSE(is_root_inside("         0       1000          1\n         1     100000      65536\n", 100000));
    CHECK_FALSE(is_root_inside("         0     100000       1000\n      1000       1000          1\n", 1000));
    CHECK_FALSE(is_root_inside("         0          0 4294967295\n", 1000));
    CHECK(is_root_inside("         0          0 4294967295\n", 0));
    CHECK_FALSE(is_root_inside("", 0));
    CHECK_FALSE(is_root_inside("x y z", 0));
}

TEST_CASE("parse_process_status: parent and user, or nothing") {
    const std::string text = "Name:\tx\nPid:\t9\nPPid:\t7\nTracerPid:\t0\nUid:\t1000\t1001\t1002\t1003\nGid:\t1\n";
    const auto status = parse_process_status(text);
    REQUIRE(status.has_value());
    CHECK(status->parent == 7);
    CHECK(status->uid == 1000);
    const std::size_t needed = text.find("\t1001") + 1;
    for (std::size_t length = 0; length < needed; ++length)
        CHECK_FALSE(parse_process_status(text.substr(0, length)).has_value());
    CHECK_FALSE(parse_process_status("XPPid:\t7\nUid:\t0\t0\n").has_value());
    CHECK_FALSE(parse_process_status("PPid:\tx\nUid:\t0\t0\n").has_value());
    CHECK_FALSE(parse_process_status("PPid:\t-1\nUid:\t0\t0\n").has_value());
    CHECK(process_status(::getpid())->parent == ::getppid());
    CHECK_FALSE(process_status(0x3fffffff).has_value());
}
