// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "daemon/gate/counter.hpp"
#include "daemon/gate/rules.hpp"
#include "tests/daemon/gate_net/fake_isagd.hpp"
#include "tests/daemon/gate_net/namespace.hpp"
#include <sstream>
#include <sys/stat.h>

using namespace isag;
using namespace isag::test;
using proto::gate::Change;
using proto::gate::Changed;
using proto::gate::Event;

namespace {

proto::gate::Configure a_configuration() {
    proto::gate::Configure out;
    out.rules = {{"example.com", {443}, false}, {"*.example.org", {}, true}};
    out.resolvers = {{"198.51.100.1", 53}};
    out.own_addresses = {"10.77.0.1", "2001:db8::7"};
    out.siblings = {{"db", {"10.77.0.9"}}, {"not a name!", {"10.77.0.8"}}};
    return out;
}

pid_t child_of(pid_t parent) {
    const auto id = std::to_string(parent);
    std::istringstream children(read_file("/proc/" + id + "/task/" + id + "/children").value());
    pid_t child = 0;
    children >> child;
    return child;
}

std::int64_t inode_of_namespace() {
    struct stat self {};
    REQUIRE(::stat("/proc/self/ns/net", &self) == 0);
    return static_cast<std::int64_t>(self.st_ino);
}

// Every port that something of the namespace listens on, as /proc/net shows them.
std::string listeners() {
    std::string out;
    for (const auto* path :
         {"/proc/self/net/tcp", "/proc/self/net/tcp6", "/proc/self/net/udp", "/proc/self/net/udp6"}) {
        std::istringstream lines(read_file(path).value());
        std::string line, number, local, remote, state;
        for (std::getline(lines, line); std::getline(lines, line);) {
            std::istringstream words(line);
            words >> number >> local >> remote >> state;
            if (state == "0A" || state == "07") out += local + "\n";
        }
    }
    return out;
}

}  // namespace

TEST_CASE("gate: it is ready once its rules are in force, and takes a configuration") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    const auto ready = isagd.greet();
    CHECK(ready.protocol == proto::protocol_version);
    CHECK(ready.network_namespace == inode_of_namespace());
    CHECK(ready.limited);
    CHECK(!ready.configured);
    CHECK(try_tcp("198.51.100.1", 443) == ECONNREFUSED);
    CHECK(!isagd.knows("example.com"));

    isagd.configure(a_configuration());
    CHECK(isagd.knows("EXAMPLE.com."));
    CHECK(!isagd.knows("example.org"));
    CHECK(isagd.knows("a.b.example.org"));
    CHECK(!isagd.knows("198.51.100.1"));
    const auto state = isagd.show();
    CHECK(state.limited);
    CHECK(!state.learn);
    REQUIRE(state.rules.size() == 2);
    CHECK(state.rules[0].rule.name == "example.com");
    CHECK(state.rules[1].rule.name == "*.example.org");
    CHECK(state.rules[1].rule.allow_private);
    REQUIRE(state.siblings.size() == 1);
    CHECK(state.siblings[0].name == "db");
    CHECK(state.resolvers.at(0).address == "198.51.100.1");
    CHECK(state.ruleset.find("hook output") != std::string::npos);
}

TEST_CASE("gate: what makes no sense is refused, and changes nothing") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.configure(a_configuration());
    auto wrong = a_configuration();
    wrong.rules.push_back({"exa mple.com", {}, false});
    CHECK(isagd.raw("configure", proto::to_json(wrong)).failure);
    wrong = a_configuration();
    wrong.resolvers.push_back({"dns.example", 53});
    CHECK(isagd.raw("configure", proto::to_json(wrong)).failure);
    CHECK(isagd.raw("configure", nlohmann::json::object()).failure);
    CHECK(isagd.raw("change", proto::to_json(Change{true, {"a.example", {70000}, false}, {}})).failure);
    CHECK(isagd.raw("change", proto::to_json(Change{true, {"a.example", {}, false}, 0})).failure);
    CHECK(isagd.raw("dance", nlohmann::json::object()).failure->kind() == ErrorKind::usage);
    CHECK(isagd.show().rules.size() == 2);
}

TEST_CASE("gate: a change is in force at once, and ends by itself") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.configure(a_configuration());
    isagd.ask<Changed>("change", Change{true, {"new.example", {}, false}, 1});
    isagd.ask<Changed>("change", Change{false, {"example.com", {}, false}, {}});
    CHECK(isagd.knows("new.example"));
    CHECK(!isagd.knows("example.com"));
    const auto rules = isagd.show().rules;
    REQUIRE(rules.size() == 4);
    CHECK(!rules[0].allow);
    CHECK(rules[1].live);
    CHECK(rules[1].seconds_left == 1);
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (isagd.knows("new.example")) REQUIRE(std::chrono::steady_clock::now() < deadline);
    CHECK(isagd.show().rules.size() == 3);
}

TEST_CASE("gate: refused packets are events, and all are counted") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    CHECK(try_tcp("198.51.100.7", 443) == ECONNREFUSED);
    auto event = isagd.event([](const Event& e) { return e.target == "198.51.100.7"; });
    CHECK(event.protocol == "tcp");
    CHECK(event.port == 443);
    CHECK(!event.allowed);
    CHECK(event.why.find("by name") != std::string::npos);
    CHECK(try_udp("2001:db8::9", 443) == EPERM);
    event = isagd.event([](const Event& e) { return e.target == "2001:db8::9"; });
    CHECK(event.protocol == "udp");
    for (int i = 0; i < 1000; ++i) try_tcp("198.51.100.8", static_cast<std::uint16_t>(1000 + i % 500));
    isagd.event([](const Event& e) { return e.why.find("too many") != std::string::npos; });
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    const auto all = gate::counter_packets(gate::counter_refused).value();
    while (isagd.show().refused < 1002) REQUIRE(std::chrono::steady_clock::now() < deadline);
    CHECK(isagd.show().refused <= all);
}

TEST_CASE("gate: it dials the next isagd, tells it what it missed, and has forgotten nothing") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.configure(a_configuration());
    isagd.die();
    CHECK(try_tcp("198.51.100.7", 22) == ECONNREFUSED);
    isagd.listen();
    CHECK(isagd.greet().configured);
    isagd.event([](const Event& e) { return e.target == "198.51.100.7" && e.port == 22; });
    CHECK(isagd.knows("example.com"));
}

TEST_CASE("gate: a peer that breaks the rules is dropped, and dialled again") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.notify("siblings", {{"siblings", "none"}});
    isagd.greet();
    isagd.notify("siblings", {{"siblings", {{{"name", "cache"}, {"addresses", {"10.77.0.10"}}}}}});
    CHECK(isagd.show().siblings.at(0).name == "cache");
}

TEST_CASE("gate: a worker that dies is replaced within a second, and nothing has changed") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.configure(a_configuration());
    isagd.ask<Changed>("change", Change{true, {"new.example", {}, false}, 600});
    isagd.notify("siblings", {{"siblings", {{{"name", "cache"}, {"addresses", {"10.77.0.10"}}}}}});
    const auto before = isagd.show();
    const auto ports = listeners();
    REQUIRE(!ports.empty());
    for (int i = 0; i < 3; ++i) {
        const pid_t worker = child_of(isagd.gate().pid());
        REQUIRE(worker > 0);
        const auto begin = std::chrono::steady_clock::now();
        REQUIRE(::kill(worker, SIGKILL) == 0);
        CHECK(listeners() == ports);
        CHECK(isagd.greet().configured);
        CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(1));
        CHECK(listeners() == ports);
        CHECK(child_of(isagd.gate().pid()) != worker);
    }
    const auto after = isagd.show();
    REQUIRE(after.rules.size() == before.rules.size());
    for (std::size_t i = 0; i < after.rules.size(); ++i) {
        CHECK(after.rules[i].rule.name == before.rules[i].rule.name);
        CHECK(after.rules[i].live == before.rules[i].live);
    }
    CHECK(after.rules[0].seconds_left.value() > 500);
    CHECK(after.siblings.at(0).name == "cache");
    CHECK(after.resolvers.size() == 1);
    CHECK(try_tcp("198.51.100.1", 443) == ECONNREFUSED);
    CHECK(try_tcp("198.18.0.1", 80) == 0);
}

TEST_CASE("gate: it ends at once, and the rules stay") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.gate().signal(SIGTERM);
    CHECK(isagd.gate().wait().code == 0);
    CHECK(try_tcp("198.51.100.1", 443) == ECONNREFUSED);
    CHECK(try_udp("198.51.100.1", 443) == EPERM);
    CHECK(listeners().empty());
}

TEST_CASE("gate: open, it loads no rules") {
    World world;
    if (!world) return;
    world.go_outside();
    const UniqueFd server = listen_on("198.51.100.1", 443, SOCK_STREAM);
    world.go_inside();
    FakeIsagd isagd;
    isagd.start("open");
    CHECK(!isagd.greet().limited);
    CHECK(listeners().empty());
    CHECK(try_tcp("198.51.100.1", 443) == 0);
    const auto state = isagd.show();
    CHECK(!state.limited);
    CHECK(state.ruleset.empty());
}

TEST_CASE("gate: it has no abstract socket, and little memory") {
    World world;
    if (!world) return;
    FakeIsagd isagd;
    isagd.start("limited");
    isagd.greet();
    isagd.configure(a_configuration());
    isagd.show();
    CHECK(read_file("/proc/self/net/unix").value().find('@') == std::string::npos);
    std::int64_t kilobytes = 0;
    for (const pid_t pid : {isagd.gate().pid(), child_of(isagd.gate().pid())}) {
        std::istringstream rollup(read_file("/proc/" + std::to_string(pid) + "/smaps_rollup").value());
        for (std::string word; rollup >> word;)
            if (word == "Pss:") {
                std::int64_t part = 0;
                rollup >> part;
                kilobytes += part;
            }
    }
    MESSAGE("supervisor and worker: ", kilobytes, " kB");
    if (std::string(ISAG_GATE_PROGRAM).find("sanitized") == std::string::npos) CHECK(kilobytes <= 2600);
}
