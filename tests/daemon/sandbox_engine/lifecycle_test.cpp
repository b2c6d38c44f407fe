// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/sandbox_engine/lab.hpp"
#include <algorithm>
#include <csignal>
#include <doctest/doctest.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using namespace isag;
using namespace isag::sandbox;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

asio::awaitable<std::size_t> containers_of(const RealEngine& real, const std::string& id) {
    const auto engine = real.open();
    const auto found = co_await engine->list_containers("isag.sandbox=" + id);
    co_return found.size();
}

asio::awaitable<void> exit_code(Lab& lab, Registry& registry) {
    Said said;
    co_await lab.say(registry, "echo out; echo err >&2; exit 7", said);
    CHECK(said.out == "out\n");
    CHECK(said.err == "err\n");
    CHECK(said.status.code == 7);
    Said killed;
    co_await lab.say(registry, "kill -9 $$", killed);
    CHECK(killed.status.signal == SIGKILL);
    CHECK(registry.list().empty());
}

// What is told of one that ends in the same moment, in its order.
asio::awaitable<void> told_order(Lab& lab, Registry& registry, std::vector<std::string>& told) {
    registry.host().started = [&](const Record& record, const std::string& image) {
        told.push_back("started " + record.name + (image == lab.real().image ? "" : " of another image"));
    };
    registry.host().ended = [&](const Record& record, const ExitStatus&) { told.push_back("ended " + record.name); };
    Said said;
    co_await lab.say(registry, "exit", said);
}

asio::awaitable<void> stop_at_once(Lab& lab, Registry& registry) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    CHECK(registry.with_prefix("la") == sandbox);
    co_await registry.stop(sandbox, 0s);
    const auto left = co_await containers_of(lab.real(), sandbox->record().id);
    CHECK(left == 0);
}

asio::awaitable<void> stop_polite(Lab& lab, Registry& registry) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(
        registry, "trap 'touch /workspace/project/asked; exit 0' TERM; echo; while :; do sleep 0.1; done", main);
    asio::posix::stream_descriptor out(co_await asio::this_coro::executor, main.streams.at(1).release());
    co_await out.async_wait(out.wait_read, asio::use_awaitable);  // the trap is set
    co_await registry.stop(sandbox, 20s);
    CHECK(registry.list().empty());
}

asio::awaitable<void> start_one(Lab& lab, Registry& registry, std::vector<SpawnedProcess>& mains) {
    SpawnedProcess main;
    co_await lab.start(registry, "exec sleep 1000", main);
    mains.push_back(std::move(main));
}

asio::awaitable<void> many(Lab& lab, Registry& registry) {
    std::vector<SpawnedProcess> mains;
    int failed = 0;
    TaskGroup group(co_await asio::this_coro::executor, [&failed](std::exception_ptr) { ++failed; });
    for (int i = 0; i < 5; ++i) group.spawn(start_one(lab, registry, mains));
    co_await group.join();
    CHECK(failed == 0);
    CHECK(registry.list().size() == 5);
    for (const auto& sandbox : registry.list()) group.spawn(registry.stop(sandbox, 0s));
    co_await group.join();
    CHECK(failed == 0);
    CHECK(registry.list().empty());
}

asio::awaitable<void> killed_outside(Lab& lab, Registry& registry) {
    SpawnedProcess main;
    const auto sandbox = co_await lab.start(registry, "exec sleep 1000", main);
    const auto engine = lab.real().open();
    co_await engine->kill_container(sandbox->record().container, "KILL");
    co_await sandbox->wait_ended();
    co_await registry.settle();
    const auto left = co_await containers_of(lab.real(), sandbox->record().id);
    CHECK(left == 0);
}

asio::awaitable<void> start_and_leave(Lab& lab, Registry& registry, std::vector<SpawnedProcess>& kept) {
    co_await start_one(lab, registry, kept);
}

asio::awaitable<void> adopt_and_stop(Lab& lab, Registry& registry) {
    co_await registry.adopt();
    const auto sandbox = registry.named("lab");
    CHECK(sandbox->status() == Sandbox::Status::running);
    const auto before = std::chrono::steady_clock::now();
    co_await registry.stop(sandbox, 60s);
    CHECK(std::chrono::steady_clock::now() - before < 50s);  // SIGTERM reached it, although init had to dial again
    const auto left = co_await containers_of(lab.real(), sandbox->record().id);
    CHECK(left == 0);
}

asio::awaitable<void> leave_while_starting(Lab& lab, Registry& registry, TaskGroup& group,
                                           std::vector<SpawnedProcess>& kept, std::string& id) {
    group.spawn(start_one(lab, registry, kept));
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (registry.list().empty() || registry.list()[0]->record().container.empty()) {
        pause.expires_after(1ms);
        co_await pause.async_wait(asio::use_awaitable);
    }
    id = registry.list()[0]->record().id;
    registry.leave_running();
    registry.abandon(registry.list()[0]);  // its client is dropped
    group.cancel();
    co_await group.join();
}

bool holds_nothing(const fs::path& folder) { return fs::directory_iterator(folder) == fs::directory_iterator(); }

void check_clean(const Lab& lab) {
    CHECK(holds_nothing(lab.directories().state / "sandboxes"));
    CHECK(holds_nothing(lab.directories().runtime / "sandboxes"));
}

}  // namespace

TEST_CASE("sandbox: streams and exit status of the main process are passed on") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.run([&](Registry& registry) { return exit_code(lab, registry); });
    check_clean(lab);
}

TEST_CASE("sandbox: it is told of as started before it is told of as ended, however soon that comes") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    std::vector<std::string> told;
    lab.run([&](Registry& registry) { return told_order(lab, registry, told); });
    CHECK(told == std::vector<std::string>{"started lab", "ended lab"});
}

TEST_CASE("sandbox: after a stop nothing of it is left") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.run([&](Registry& registry) { return stop_at_once(lab, registry); });
    check_clean(lab);
    lab.run([&](Registry& registry) { return stop_polite(lab, registry); });
    CHECK(fs::exists(lab.project() / "asked"));  // SIGTERM came first
    check_clean(lab);
}

TEST_CASE("sandbox: several of one config start and stop at the same time") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.run([&](Registry& registry) { return many(lab, registry); });
    check_clean(lab);
}

TEST_CASE("sandbox: a container that is killed from outside is noticed and removed") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    lab.run([&](Registry& registry) { return killed_outside(lab, registry); });
    check_clean(lab);
}

TEST_CASE("sandbox: one that runs outlives its isagd, and the next one takes it over") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    std::vector<SpawnedProcess> kept;
    lab.run([&](Registry& registry) { return start_and_leave(lab, registry, kept); });
    CHECK_FALSE(holds_nothing(lab.directories().state / "sandboxes"));
    lab.run([&](Registry& registry) { return adopt_and_stop(lab, registry); });
    check_clean(lab);
}

TEST_CASE("sandbox: an isagd that ends in the middle of a start leaves nothing of it") {
    USE_REAL_ENGINE(real);
    Lab lab(*real);
    std::vector<SpawnedProcess> kept;
    std::string id;
    std::unique_ptr<TaskGroup> group;
    lab.run([&](Registry& registry) -> asio::awaitable<void> {
        group = std::make_unique<TaskGroup>(co_await asio::this_coro::executor, [](std::exception_ptr) {});
        auto leaving = leave_while_starting(lab, registry, *group, kept, id);
        co_await std::move(leaving);
    });
    check_clean(lab);
}
