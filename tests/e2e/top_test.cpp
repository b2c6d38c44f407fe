// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sstream>

namespace isag {
using test::Home;
using test::Pty;

namespace {

// The CPU column of that sandbox's line.
double cpu_of(const std::string& table, const std::string& name) {
    std::istringstream lines(table);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream words(line);
        std::string first, agent, status, up;
        double percent = -1;
        if (words >> first >> agent >> status >> up >> percent && first == name) return percent;
    }
    return -1;
}

// A packet to the bridge that the sandbox is on, and no further.
const std::string send_to_gateway = R"(import socket, struct, time
routes = [line.split() for line in open('/proc/net/route')]
gateway = next(int(route[2], 16) for route in routes if route[1] == '00000000')
socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(bytes(1000), (socket.inet_ntoa(struct.pack('<L', gateway)), 9))
time.sleep(1000)
)";

}  // namespace

TEST_CASE("top shows what sandboxes take, live on a terminal and once without one") {
    const Home home;
    CHECK(home.isag({"run", "-d", "--name", "busy", "--", "bash", "-c", "while :; do :; done"}).status == 0);
    CHECK(home.isag({"run", "-d", "--name", "idle", "--", "sleep", "1000"}).status == 0);
    const auto once = home.isag({"top", "--interval", "1s"});
    CHECK(once.status == 0);
    CHECK(once.out.starts_with("NAME  AGENT   STATUS   UP"));
    CHECK(cpu_of(once.out, "busy") > 5);
    CHECK(cpu_of(once.out, "idle") >= 0);
    CHECK(cpu_of(once.out, "idle") < 5);
    CHECK(once.out.find("busy") < once.out.find("idle"));
    CHECK(home.isag({"top", "--interval", "soon"}).status == 2);
    const auto told = nlohmann::json::parse(home.isag({"top", "--interval", "1s", "--json"}).out);
    CHECK(told.at(0).at("name") == "busy");
    CHECK(told.at(0).at("cpu_percent") > 5);
    CHECK(told.at(1).at("cpu_percent") < 5);

    auto dumb = home.terminal({"top", "--interval", "1s"});
    dumb.environment["TERM"] = "dumb";
    Pty table(dumb);
    CHECK(table.exit_code() == 0);
    CHECK(table.output().find('\x1b') == std::string::npos);
    CHECK(table.output().find("busy") != std::string::npos);

    Pty pty(home.terminal({"top", "--interval", "1s"}));
    pty.expect("busy");
    home.isag({"stop", "busy", "idle", "-t", "0"});
    pty.expect("no sandbox runs");
    pty.type("q");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.is_restored());
    CHECK(pty.output().ends_with("\x1b[?25h\x1b[?1049l"));
}

TEST_CASE("ps counts what passes between a sandbox and the network outside") {
    const Home home("claude", "limit_network: null\n");
    home.write(home.project() / "send.py", send_to_gateway);
    CHECK(home.isag({"run", "-d", "--name", "shop", "--", "python3", "send.py"}).status == 0);
    const auto sent = [&] {
        return nlohmann::json::parse(home.isag({"ps", "--json"}).out).at(0).at("bytes_sent").get<std::int64_t>();
    };
    CHECK(test::eventually([&] { return sent() >= 1000; }));
}

}  // namespace isag
