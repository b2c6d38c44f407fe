// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <sstream>
#include <thread>

// Commands that last while isagd is killed: they alone start the next one.
namespace isag {
using test::Home;
using test::Running;

namespace {

// Prints numbered lines until there is a file "stop".
const std::string counts =
    "i=0; while [ ! -e stop ]; do i=$((i+1)); echo line $i; sleep 0.02; done; echo last words; exit 5";

std::ptrdiff_t lines_with(const std::string& text, const std::string& word) {
    std::istringstream in(text);
    std::ptrdiff_t count = 0;
    for (std::string line; std::getline(in, line);) count += line.find(word) != std::string::npos ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("isag logs -f and isag wait go on while isagd is killed again and again, and miss and repeat nothing") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sh", "-c", counts}).status == 0);
    Running follows = home.start({"logs", "-f", "web"});
    Running waits = home.start({"wait", "web"});
    follows.expect("line 3\r\n");
    for (const int signal : {SIGKILL, SIGTERM, SIGKILL, SIGKILL, SIGTERM}) {
        CHECK(home.replace_daemon(signal));
        const auto seen = lines_with(follows.out(), "line");
        CHECK(test::eventually([&] { return lines_with(follows.out(), "line") > seen + 10; }));
        CHECK_FALSE(follows.has_ended());
        CHECK_FALSE(waits.has_ended());
    }
    CHECK(home.replace_daemon(SIGKILL));  // and before it has taken everything over
    CHECK(home.replace_daemon(SIGKILL));
    home.write(home.project() / "stop", "");
    CHECK(waits.wait() == 0);
    CHECK(waits.out() == "5\n");
    CHECK(follows.wait() == 0);
    std::string expected;
    const auto count = lines_with(follows.out(), "line");
    for (std::ptrdiff_t i = 1; i <= count; ++i) expected += "line " + std::to_string(i) + "\r\n";
    CHECK(follows.out() == expected + "last words\r\n");
    CHECK(follows.err() == "");
    CHECK(home.isag({"logs", "web"}).out == follows.out());
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE("isag logs -f and isag wait of a sandbox that ended while no isagd was there end as they would have") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sh", "-c", counts}).status == 0);
    Running follows = home.start({"logs", "-f", "web"});
    Running waits = home.start({"wait", "web"});
    follows.expect("line 3\r\n");
    for (const auto* command : {&follows, &waits}) command->signal(SIGSTOP);
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    home.write(home.project() / "stop", "");
    std::this_thread::sleep_for(std::chrono::seconds(1));
    for (const auto* command : {&follows, &waits}) command->signal(SIGCONT);
    CHECK(waits.wait() == 0);
    CHECK(waits.out() == "5\n");
    CHECK(follows.wait() == 0);
    CHECK(follows.out().ends_with("last words\r\n"));
    CHECK(lines_with(follows.out(), "last words") == 1);
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE("isag events -f and isag net log -f go on with the next isagd, and show nothing twice") {
    const Home home("claude", "limit_network: {domains: [one.example]}\n");
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sleep", "1000"}).status == 0);
    Running events = home.start({"events", "-f"});
    Running refusals = home.start({"net", "log", "-f", "web"});
    events.expect("sandbox.started  web");
    const auto look_up = [&](const std::string& name) { home.isag({"exec", "web", "--", "getent", "hosts", name}); };
    for (const std::string name : {"first.example", "second.example", "third.example"}) {
        look_up(name);
        refusals.expect(name);
        CHECK(home.replace_daemon(name.starts_with("second") ? SIGTERM : SIGKILL));
    }
    for (const char* name : {"first.example", "second.example", "third.example"}) {
        const auto line = "refused  " + std::string(name);  // AAAA may be told apart from A
        CHECK(lines_with(refusals.out(), line) >= 1);
        CHECK(lines_with(refusals.out(), line) <= 2);
    }
    CHECK(home.isag({"stop", "web", "-t", "0"}).status == 0);
    CHECK(refusals.wait() == 0);
    CHECK(refusals.err().ends_with("isag: the sandbox web has ended\n"));
    events.expect("sandbox.ended  web");
    CHECK(lines_with(events.out(), "sandbox.started  web") == 1);
    events.signal(SIGTERM);
    CHECK(events.wait() == 128 + SIGTERM);
    CHECK(home.stop_all() == "");
}

}  // namespace isag
