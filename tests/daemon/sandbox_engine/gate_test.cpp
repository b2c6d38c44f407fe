// SPDX-License-Identifier: Apache-2.0
// A sandbox and its gate on the real engine. The gate is one that guards nothing: what it does is tested where it is.
#include "tests/daemon/sandbox_engine/lab.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;
using nlohmann::json;

namespace {

// Looks again and again until it is so.
asio::awaitable<void> until(std::function<bool()> met) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    while (!met()) {
        if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("it never happened");
        pause.expires_after(10ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<std::size_t> networks_of(const Lab& lab) {
    const auto engine = lab.real().open();
    const auto found = co_await engine->list_networks("isag.owner=" + RecordStore(lab.directories().state).owner());
    co_return found.size();
}

asio::awaitable<void> count_networks(const Lab& lab, std::size_t& count) { count = co_await networks_of(lab); }

std::size_t networks_left(const Lab& lab) {
    asio::io_context context;
    std::size_t count = 0;
    test::run(context, count_networks(lab, count));
    return count;
}

asio::awaitable<void> inside(Lab& lab, Registry& registry, Said& said) {
    co_await lab.say(registry,
                     "cat /etc/hosts /etc/hostname; hostname; ls /sys/class/net | tr '\\n' ' '; cat /etc/resolv.conf;"
                     "for f in hosts hostname resolv.conf; do echo x >> /etc/$f; done",
                     said);
    const auto networks = co_await networks_of(lab);
    CHECK(networks == 1);
}

// What Engine has no use for.
asio::awaitable<void> order(Lab& lab, std::string container, std::string what) {
    const auto http = engine::make_unix_http(lab.real().socket, "/v1.41");
    engine::HttpRequest request{"POST", "/containers/" + container + "/" + what};
    const auto response = co_await http->send(std::move(request), 20s);
    CHECK(response.status == 204);
}

asio::awaitable<void> stop_gate(Lab& lab, Registry& registry) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    CHECK_FALSE(sandbox->network_lost());
    CHECK(sandbox->gate().connected());
    const auto engine = lab.real().open();
    const std::string gate = sandbox->record().gate->container;
    co_await order(lab, gate, "pause");
    co_await until([&] { return sandbox->network_lost(); });
    co_await order(lab, gate, "unpause");
    co_await until([&] { return !sandbox->network_lost(); });
    co_await engine->kill_container(gate, "KILL");
    co_await until([&] { return sandbox->network_lost(); });
    CHECK(sandbox->status() == Sandbox::Status::running);
    const auto agent = co_await engine->inspect_container(sandbox->record().container);
    CHECK(agent->running);
    const auto dead = co_await engine->inspect_container(gate);
    CHECK_FALSE(dead->running);  // nobody started it again
    co_await registry.stop(sandbox, 0s);
    const auto left = co_await engine->list_containers("isag.sandbox=" + sandbox->record().id);
    CHECK(left.empty());
}

asio::awaitable<void> leave(Lab& lab, Registry& registry, std::vector<SpawnedProcess>& kept) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    const auto state = co_await sandbox->gate().show();
    CHECK_FALSE(state.rules.empty());
    kept.push_back(std::move(main));
}

asio::awaitable<void> take_over(Registry& registry) {
    co_await registry.adopt();
    const auto sandbox = registry.named("lab");
    co_await until([&] { return !sandbox->network_lost(); });
    const auto state = co_await sandbox->gate().show();
    CHECK_FALSE(state.rules.empty());  // it was not configured anew, and kept them
    co_await registry.stop(sandbox, 0s);
}

asio::awaitable<std::string> make_neighbour(engine::Engine& engine, std::string image, std::string network,
                                            std::string alias) {
    const json body{{"Image", image},
                    {"Cmd", {"sleep", "1000"}},
                    {"Labels", {{"isag.test", network}}},
                    {"HostConfig", {{"NetworkMode", network}}},
                    {"NetworkingConfig", {{"EndpointsConfig", {{network, {{"Aliases", json::array({alias})}}}}}}}};
    auto spec = std::make_shared<const json>(body);
    const auto id = co_await engine.create_container(network + "-" + alias, std::move(spec));
    co_await engine.start_container(id);
    co_return id;
}

bool knows(const proto::gate::State& state, const std::string& name) {
    return std::any_of(state.siblings.begin(), state.siblings.end(),
                       [&](const auto& sibling) { return sibling.name == name && sibling.addresses.size() == 1; });
}

asio::awaitable<void> until_known(Sandbox& sandbox, std::string name, bool known) {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    const auto deadline = std::chrono::steady_clock::now() + 60s;
    for (;;) {
        const auto state = co_await sandbox.gate().show();
        if (knows(state, name) == known) co_return;
        if (std::chrono::steady_clock::now() >= deadline) throw std::runtime_error("never: " + name);
        pause.expires_after(100ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> siblings(Lab& lab, Registry& registry, std::string network) {
    const auto engine = lab.real().open();
    const auto db = co_await make_neighbour(*engine, lab.real().image, network, "db");
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    const auto state = co_await sandbox->gate().show();
    CHECK(knows(state, "db"));  // told with its rules
    CHECK(knows(state, network + "-db"));
    const auto cache = co_await make_neighbour(*engine, lab.real().image, network, "cache");
    co_await until_known(*sandbox, "cache", true);
    co_await engine->remove_container(db);
    co_await until_known(*sandbox, "db", false);
    co_await engine->remove_container(cache);
    co_await registry.stop(sandbox, 0s);
}

asio::awaitable<void> with_network(Lab& lab, Registry& registry) {
    const std::string network = "isag-test-" + random_hex(12);
    lab.config.container.external_networks = {network};
    const auto engine = lab.real().open();
    const json body{{"Name", network}, {"Labels", {{"isag.test", network}}}};
    auto spec = std::make_shared<const json>(body);
    const auto id = co_await engine->create_network(std::move(spec));
    std::exception_ptr failed;
    try {
        co_await siblings(lab, registry, network);
    } catch (...) {
        failed = std::current_exception();
    }
    co_await registry.settle();
    const auto left = co_await engine->list_containers("isag.test=" + network);
    for (const auto& container : left) co_await engine->remove_container(container.id);
    co_await engine->remove_network(id);
    if (failed) std::rethrow_exception(failed);
}

asio::awaitable<void> missing_network(Lab& lab, Registry& registry, std::string& failure) {
    SpawnedProcess main;
    try {
        co_await lab.start(registry, "true", main);
    } catch (const Error& error) {
        failure = error.message();
    }
    co_await registry.settle();
}

}  // namespace

TEST_CASE("N9: a limited sandbox has its own hosts, hostname and resolv.conf, which it can't write") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.limit_network.emplace();
    Said said;
    lab.run([&](Registry& registry) { return inside(lab, registry, said); });
    CAPTURE(said.err);
    CHECK(said.out ==
          "127.0.0.1\tlocalhost\n127.0.0.1\tlab\n::1\tip6-localhost ip6-loopback\nlab\nlab\neth0 lo "
          "# isag's gate answers for every name.\nnameserver 198.18.0.1\n");
    CHECK(said.status.code != 0);
    CHECK(networks_left(lab) == 0);
}

TEST_CASE("S5: a gate that is paused or killed is noticed, the agent lives on, and nothing is left in the end") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.limit_network.emplace();
    lab.run([&](Registry& registry) { return stop_gate(lab, registry); });
    CHECK(networks_left(lab) == 0);
}

TEST_CASE("gate: it outlives its isagd with its rules, and the next one speaks to it") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.limit_network.emplace();
    std::vector<SpawnedProcess> kept;
    lab.run([&](Registry& registry) { return leave(lab, registry, kept); });
    CHECK(networks_left(lab) == 1);
    lab.run([&](Registry& registry) { return take_over(registry); });
    CHECK(networks_left(lab) == 0);
}

TEST_CASE("gate: it is told who is on the external networks, and who comes and goes") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.limit_network.emplace();
    lab.run([&](Registry& registry) { return with_network(lab, registry); });
}

TEST_CASE("gate: an external network that is missing ends the start, with its name") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.config.container.external_networks = {"isag-test-there-is-none"};
    std::string failure;
    lab.run([&](Registry& registry) { return missing_network(lab, registry, failure); });
    CHECK(failure.find("isag-test-there-is-none") != std::string::npos);
    CHECK(networks_left(lab) == 0);
}
