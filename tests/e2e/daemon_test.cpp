// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include "tests/e2e/place.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::Home;
using test::Running;

TEST_CASE("a second isagd refuses to start and says which one runs") {
    const Home home;
    CHECK(home.isag({"ps"}).status == 0);
    const auto second = test::run_program({test::isagd_program()}, home.environment);
    CHECK(second.status == 1);
    CHECK(second.err.find("isagd runs already (pid " + std::to_string(home.daemon().value()) + ")") !=
          std::string::npos);
}

TEST_CASE("SIGTERM ends isagd cleanly, and the next one takes the sandbox over") {
    const Home home;
    Running running = home.start_sandbox();
    home.signal_daemon(SIGTERM);
    CHECK(running.wait() == 125);
    CHECK(home.daemon_ends());
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK(home.stop_all() == "");
}

TEST_CASE("isagd killed under an idle sandbox: the next one lists it, stops it and leaves nothing") {
    const Home home;
    Running running = home.start_sandbox();
    home.signal_daemon(SIGKILL);
    CHECK(running.wait() == 125);
    CHECK(running.err().find("isagd closed the connection") != std::string::npos);
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK(home.stop_all() == "");
}

TEST_CASE("a container that docker kill ends is an exit with 137, and nothing stays") {
    const Home home;
    Running running = home.start_sandbox();
    const auto containers = home.containers();
    REQUIRE(containers.size() == 1);
    CHECK(test::docker({"kill", containers[0]}).status == 0);
    CHECK(running.wait() == 137);
    CHECK(test::eventually([&] { return home.leftovers().empty(); }));
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
