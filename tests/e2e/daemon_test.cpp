// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include "tests/e2e/place.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <filesystem>
#include <sstream>
#include <thread>

namespace isag {
using test::Home;
using test::Running;
namespace {

// The states of a process's children, as /proc/PID/stat has them: Z where one ended and was not reaped.
std::string children_of(pid_t parent) {
    std::string states;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto stat = read_file(entry.path() / "stat");
        if (!stat) continue;
        std::istringstream fields(stat->substr(std::min(stat->rfind(')') + 1, stat->size())));
        std::string state;
        pid_t its_parent = 0;
        if (fields >> state >> its_parent && its_parent == parent) states += state;
    }
    return states;
}

}  // namespace

TEST_CASE("a second isagd refuses to start and says which one runs") {
    const Home home;
    CHECK(home.isag({"ps"}).status == 0);
    const auto second = test::run_program({test::isagd_program()}, home.environment);
    CHECK(second.status == 1);
    CHECK(second.err.find("isagd runs already (pid " + std::to_string(home.daemon().value()) + ")") !=
          std::string::npos);
}

TEST_CASE("isagd says what is wrong with its options") {
    const Environment none;
    const auto level = test::run_program({test::isagd_program(), "--log-level", "bogus"}, none);
    CHECK(level.status == 2);
    CHECK(level.err == "isagd: 'bogus' is no log level\n  it is debug, info, warn or error\n");
    const auto option = test::run_program({test::isagd_program(), "--foreground"}, none);
    CHECK(option.status == 2);
    CHECK(option.err.ends_with("\n  'isagd --help' lists the options\n"));
    CHECK(test::run_program({test::isagd_program(), "--help"}, none).out.starts_with("Usage: isagd [OPTION...]\n"));
}

TEST_CASE("SIGTERM ends isagd cleanly, and the next one takes the sandbox over") {
    const Home home;
    Running running = home.start_sandbox();
    CHECK(home.replace_daemon(SIGTERM));
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK_FALSE(running.has_ended());
    CHECK(home.stop_all() == "");
}

TEST_CASE("isag asked while isagd is ending is answered by the next one") {
    const Home home;
    CHECK(home.isag({"ps"}).status == 0);
    for (int i = 0; i < 20; ++i) {
        home.signal_daemon(i % 2 == 0 ? SIGKILL : SIGTERM);
        const auto asked = i % 4 < 2 ? home.isag({"ps"}) : home.isag({"stop", "--all"});
        CHECK_MESSAGE(asked.status == 0, asked.err);
    }
}

TEST_CASE("isagd killed under an idle sandbox: the next one lists it, stops it and leaves nothing") {
    const Home home;
    Running running = home.start_sandbox();
    home.signal_daemon(SIGKILL);
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK_FALSE(running.has_ended());
    CHECK(home.stop_all() == "");
    CHECK(running.wait() == 128 + SIGKILL);
}

TEST_CASE("the isagd that a client starts anew is not its child, and leaves no zombie with it") {
    const Home home;
    Running running = home.start_sandbox();
    for (int round = 0; round < 3; ++round) {
        REQUIRE(home.daemon());
        CHECK(home.replace_daemon(SIGKILL));
        CHECK(children_of(running.pid()) == "");
    }
    CHECK_FALSE(running.has_ended());
    CHECK(home.stop_all() == "");
}

TEST_CASE("isag run whose isagd is killed as it starts says that nothing stays, and where the log is") {
    const Home home;
    for (const bool detached : {false, true}) {
        CAPTURE(detached);
        const auto made = [&] {
            std::error_code error;
            const std::filesystem::directory_iterator records(home.state() / "sandboxes", error);
            return !error && records != std::filesystem::directory_iterator();
        };
        CHECK(test::eventually([&] { return !made(); }));
        Running running = home.start(detached ? std::vector<std::string>{"run", "-d"}
                                              : std::vector<std::string>{"run", "--", "true"});
        CHECK(test::eventually(made));
        home.signal_daemon(SIGKILL);
        CHECK(running.wait() == 125);
        CHECK(running.err() == "isag: isagd closed the connection\n  nothing of the sandbox stays: run it again\n" +
                                   ("  its log may tell why: " + (home.state() / "isagd.log").string() + "\n"));
        CHECK(test::eventually([&] { return home.leftovers().empty(); }));  // nobody else asks the next isagd for it
    }
}

TEST_CASE("isagd and a client without a terminal killed together: the next isagd ends the sandbox, and ps -a has it") {
    const Home home;
    Running running = home.start_sandbox();
    running.signal(SIGSTOP);
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    running.signal(SIGKILL);
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK(test::eventually([&] { return home.leftovers().empty(); }, std::chrono::seconds(40)));
    CHECK(home.isag({"ps", "-a"}).out.find("exited (129)") != std::string::npos);
}

TEST_CASE("an end while no isagd was there keeps its exit status") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "short", "--", "sh", "-c", "read -r line; exit 6"}).status == 0);
    CHECK(home.isag({"run", "-d", "--name", "long", "--", "sh", "-c", "read -r line; exit 7"}).status == 0);
    const auto containers = home.containers("agent");
    REQUIRE(containers.size() == 2);
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    for (const auto& id : containers) CHECK(test::docker({"kill", "-s", "TERM", id}).status == 0);
    CHECK(home.isag({"wait", "short"}).out == std::to_string(128 + SIGTERM) + "\n");
    CHECK(home.isag({"wait", "long"}).out == std::to_string(128 + SIGTERM) + "\n");
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE("isagd killed while it removes what ended: the end is told once, with its exit status") {
    const Home home;
    const auto ends = [&] {
        const auto events = home.isag({"events"}).out;
        std::size_t count = 0;
        for (auto at = events.find("sandbox.ended"); at != std::string::npos; at = events.find("sandbox.ended", at + 1))
            ++count;
        return count;
    };
    for (std::size_t round = 1; round <= 4; ++round) {
        CAPTURE(round);
        CHECK(home.isag({"run", "-d", "--name", "web", "--", "sh", "-c", "sleep 0.3; exit 44"}).status == 0);
        CHECK(test::eventually([&] { return ends() == round; }));
        std::this_thread::sleep_for(std::chrono::milliseconds(60) * (round - 1));
        home.signal_daemon(SIGKILL);
        CHECK(home.daemon_ends());
        CHECK(home.isag({"wait", "web"}).out == "44\n");
        CHECK(test::eventually([&] { return home.containers().empty(); }));
        CHECK(home.isag({"wait", "web"}).out == "44\n");
        CHECK(ends() == round);
    }
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
    const auto late = home.isag({"exec", "web", "--", "true"});
    CHECK(late.err.find("the sandbox web has ended (exit status 44)") != std::string::npos);
}

TEST_CASE("SIGHUP: isagd reads its file again, and keeps what it has where that is wrong") {
    const Home home;
    CHECK(home.isag({"run", "--name", "web", "--", "true"}).status == 0);
    const auto before = home.daemon();
    const auto log = [&] { return read_file(home.state() / "isagd.log").value(); };
    std::filesystem::create_directories(home.file("h/.config/isag"));
    home.write(home.file("h/.config/isag/isagd.yaml"), "keep_finished: no time\n");
    home.signal_daemon(SIGHUP);
    CHECK(test::eventually([&] { return log().find("isagd.yaml is not taken") != std::string::npos; }));
    CHECK(home.isag({"ps", "-a"}).out.find("web") != std::string::npos);
    home.write(home.file("h/.config/isag/isagd.yaml"), "keep_finished: 1s\n");
    home.signal_daemon(SIGHUP);
    CHECK(test::eventually([&] { return log().find("isagd.yaml was read again") != std::string::npos; }));
    CHECK(test::eventually([&] { return home.isag({"ps", "-a"}).out.find("web") == std::string::npos; }));
    CHECK(home.daemon() == before);
}

TEST_CASE("what a program printed and how it ended while no isagd was there is known to the next one") {
    const Home home;
    const std::string program = "trap 'echo last words; exit 6' TERM; echo ready; while :; do sleep 0.1; done";
    CHECK(home.isag({"run", "-d", "--name", "web", "--", "sh", "-c", program}).status == 0);
    CHECK(test::eventually([&] { return home.isag({"logs", "web"}).out == "ready\r\n"; }));
    const auto containers = home.containers("agent");
    REQUIRE(containers.size() == 1);
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    CHECK(test::docker({"kill", "-s", "TERM", containers[0]}).status == 0);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    CHECK(home.isag({"wait", "web"}).out == "6\n");
    CHECK(home.isag({"logs", "web"}).out.ends_with("last words\r\n"));
    CHECK(home.stop_all() == "");
}

TEST_CASE("what a reboot leaves, the next isagd removes: ps, logs and ssh's entries know the sandbox as ended") {
    const Home home("claude", "limit_network: {domains: [one.example]}\n");
    const auto started =
        home.isag({"run", "-d", "-p", "127.0.0.1:0:80", "--name", "web", "--", "sh", "-c", "echo it-ran; sleep 1000"});
    REQUIRE_MESSAGE(started.status == 0, started.err);
    CHECK(test::eventually([&] { return home.isag({"logs", "web"}).out.find("it-ran") != std::string::npos; }));
    const auto containers = home.containers();
    REQUIRE(containers.size() == 2);
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    for (const auto& id : containers) CHECK(test::docker({"kill", id}).status == 0);
    std::filesystem::remove_all(home.runtime() / "isag");  // it is on a tmpfs
    CHECK(home.isag({"ps", "-q"}).out.empty());
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
    CHECK(home.isag({"ps", "-a"}).out.find("exited (137)") != std::string::npos);
    CHECK(home.isag({"logs", "web"}).out.find("it-ran") != std::string::npos);
    CHECK(read_file(home.state() / "ssh_config").value().find("isag-web") == std::string::npos);
    CHECK(home.isag({"run", "--name", "web", "--", "true"}).status == 0);
    CHECK(home.stop_all() == "");
}

TEST_CASE("a container that docker kill ends is an exit with 137, and nothing stays") {
    const Home home;
    Running running = home.start_sandbox();
    const auto containers = home.containers("agent");
    REQUIRE(containers.size() == 1);
    CHECK(test::docker({"kill", containers[0]}).status == 0);
    CHECK(running.wait() == 137);
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE("a gate that docker kill ends leaves the agent without a network, and isag ps says so") {
    const Home home("claude", "limit_network: {domains: [], dns: [198.51.100.53]}\n");
    Running running = home.start_sandbox();
    const auto gates = home.containers("gate");
    REQUIRE(gates.size() == 1);
    CHECK(test::docker({"kill", gates[0]}).status == 0);
    CHECK(test::eventually([&] { return home.isag({"ps"}).out.find("running, no network") != std::string::npos; }));
    CHECK_FALSE(running.has_ended());
    CHECK(home.stop_all() == "");
}

TEST_CASE("a client killed outright takes its sandbox with it") {
    const Home home;
    Running running = home.start_sandbox();
    running.signal(SIGKILL);
    CHECK(running.wait() == 137);
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
}

TEST_CASE("a client without a terminal passes SIGTERM on and exits as the command did") {
    const Home home;
    Running running = home.start({"run", "--", "bash", "-c", "trap 'exit 21' TERM; echo ready; sleep 1000 & wait"});
    running.expect("ready");
    running.signal(SIGTERM);
    CHECK(running.wait() == 21);
    CHECK(home.stop_all() == "");
}

}  // namespace isag
