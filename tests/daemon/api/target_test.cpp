// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/target.hpp"
#include "daemon/api/finished_target.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <chrono>
#include <doctest/doctest.h>
#include <functional>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::test;

namespace {

const proto::ConfigSource elsewhere{"/web/isag.yaml", {}};

// A daemon in which sandboxes run and have ended.
class Targets {
public:
    void run(std::function<void(api::Daemon&)> body) { engine_.run(whole(std::move(body))); }

private:
    asio::awaitable<void> whole(std::function<void(api::Daemon&)> body) {
        const auto executor = co_await asio::this_coro::executor;
        const auto& path = engine_.folder.path();
        Directories directories{path / "home", path / "run", path / "state", path / "cache", path / "config"};
        Environment environment{{"DOCKER_HOST", "unix://" + engine_.fake.path().string()}};
        api::Daemon daemon(executor, std::move(directories), std::move(environment),
                           {"/bin/true", "/bin/true", "/bin/true"});
        std::exception_ptr failed;
        try {
            body(daemon);
        } catch (...) {
            failed = std::current_exception();
        }
        co_await daemon.registry.shutdown();
        if (failed) std::rethrow_exception(failed);
    }

    EngineFixture engine_{[](const FakeRequest& request, FakeExchange& exchange) {
        if (!answer_greeting(request, exchange)) exchange.answer(200, "[]");
    }};
};

void add_ended(api::Daemon& daemon, const std::string& name, int code, bool terminal = true) {
    sandbox::Record record;
    record.id = name + "-id";
    record.name = name;
    record.config = elsewhere.path;
    record.main = 2;
    record.session = {.terminal = terminal, .detach_keys = {}, .clipboard = {}};
    daemon.finished.add(record, {.code = code, .signal = {}}, std::chrono::system_clock::now());
}

// What is said instead of a sandbox that runs.
Error refusal(api::Daemon& daemon, const std::string& name) {
    try {
        api::target_of(daemon, {name, elsewhere});
    } catch (const Error& error) {
        return error;
    }
    return Error("found");
}

std::string any(api::Daemon& daemon, const std::string& name) {
    const auto found = api::any_target(daemon, {name, elsewhere});
    return found.record().name + (found.running ? " runs" : " ended");
}

}  // namespace

TEST_CASE("the full name of a sandbox that has ended is no prefix of one that runs") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "isag", 21);
        daemon.registry.create("isag-2", true, {});
        CHECK(any(daemon, "isag") == "isag ended");
        CHECK(any(daemon, "isa") == "isag-2 runs");
        const auto refused = refusal(daemon, "isag");
        CHECK(refused.message() == "the sandbox isag has ended (exit status 21)");
        CHECK(refused.hint().starts_with("'isag logs isag' shows"));
        CHECK(api::running_named(daemon, "isa")->record().name == "isag-2");
        daemon.registry.create("isag", true, {});
        CHECK(any(daemon, "isag") == "isag runs");
    });
}

TEST_CASE("isag-NAME, which ssh calls it, is the sandbox NAME, unless one has that very name") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "shop", 3);
        daemon.registry.create("web-2", true, {});
        CHECK(any(daemon, "isag-web-2") == "web-2 runs");
        CHECK(any(daemon, "isag-web") == "web-2 runs");
        CHECK(any(daemon, "isag-shop") == "shop ended");
        CHECK(refusal(daemon, "isag-other").message() == "no sandbox is named isag-other");
        CHECK(refusal(daemon, "isag-").message() == "no sandbox is named isag-");
        daemon.registry.create("isag-web", true, {});
        CHECK(any(daemon, "isag-web") == "isag-web runs");
        CHECK(any(daemon, "isag-isag-web") == "isag-web runs");
        CHECK(refusal(daemon, "root@web-2").hint().find("leave out the @") != std::string::npos);
    });
}

TEST_CASE("of one that has ended isag logs is advised only where there was a terminal, since nothing else is kept") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "piped", 3, false);
        CHECK(refusal(daemon, "piped").hint() == "'isag run --name piped' starts one anew");
        add_ended(daemon, "seen", 3);
        CHECK(refusal(daemon, "seen").hint() ==
              "'isag logs seen' shows what it printed, 'isag run --name seen' starts one anew");
    });
}

TEST_CASE("a prefix of several that run names none of them, nor one that has ended") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "web-3", 0);
        daemon.registry.create("web-1", true, {});
        daemon.registry.create("web-2", true, {});
        CHECK_THROWS_WITH_AS(any(daemon, "web"), "web fits several sandboxes: web-1 web-2", Error);
        CHECK(refusal(daemon, "web").kind() == ErrorKind::failed);
        CHECK(any(daemon, "web-3") == "web-3 ended");
    });
}

TEST_CASE("a prefix of one that has ended alone, its id, an empty name and one that nothing has") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "shop", 3);
        daemon.registry.create("web", true, {});
        CHECK(any(daemon, "sh") == "shop ended");
        CHECK(any(daemon, "shop-id") == "shop ended");
        CHECK(refusal(daemon, "sh").message() == "the sandbox shop has ended (exit status 3)");
        CHECK(refusal(daemon, "x").message() == "no sandbox is named x");
        const auto empty = refusal(daemon, "");
        CHECK(empty.message() == "the sandbox's name is empty");
        CHECK(empty.kind() == ErrorKind::usage);
        CHECK_FALSE(empty.hint().empty());
        CHECK_THROWS_WITH_AS(any(daemon, ""), "the sandbox's name is empty", Error);
    });
}

TEST_CASE("without a name: several that run are an error although one has ended") {
    Targets().run([](api::Daemon& daemon) {
        add_ended(daemon, "web", 0);
        const proto::Target target{{}, elsewhere};
        CHECK(api::any_target(daemon, target).finished->record.name == "web");
        sandbox::Record record;
        record.config = elsewhere.path;
        daemon.registry.create("web-1", true, record);
        CHECK(api::any_target(daemon, target).running->record().name == "web-1");
        daemon.registry.create("web-2", true, record);
        CHECK_THROWS_AS(api::any_target(daemon, target), Error);
    });
}
