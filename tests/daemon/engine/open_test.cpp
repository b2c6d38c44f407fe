// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/engine/fixture.hpp"
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <sys/stat.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::test;

namespace {

asio::awaitable<void> open(std::string socket) {
    engine::Candidate candidate{std::move(socket), "the test"};
    co_await engine::open_at(std::move(candidate));
}

std::string open_error(FakeEngine::Script script) {
    EngineFixture fixture(std::move(script));
    std::string text = fixture.error_of(open(fixture.fake.path()));
    const auto at = text.find(fixture.fake.path());
    if (at != std::string::npos) text.replace(at, fixture.fake.path().string().size(), "SOCKET");
    return text;
}

FakeEngine::Script always(int status, std::string body) {
    return [status, body](const FakeRequest&, FakeExchange& exchange) { exchange.answer(status, body); };
}

asio::awaitable<void> get_into(engine::EngineHolder& holder, std::vector<std::string>& versions) {
    const auto open = co_await holder.get();
    versions.push_back(open.info.version);
}

engine::EngineHolder holder_of(const std::string& socket) {
    return {"unix://" + socket, {}, {"/nowhere", "/nowhere", "/nowhere", "/nowhere", "/nowhere"}};
}

}  // namespace

TEST_CASE("open_at: an engine of this kernel is opened, with the lower of both API versions") {
    EngineFixture fixture([](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "GET /info") CHECK(request.target == "/v1.43/info");
        answer_greeting(request, exchange);
    });
    CHECK(fixture.error_of(open(fixture.fake.path())) == "");
    EngineFixture newer([](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "GET /info") CHECK(request.target == "/v1.51/info");
        answer_greeting(request, exchange, "1.99");
    });
    CHECK(newer.error_of(open(newer.fake.path())) == "");
}

TEST_CASE("open_at: an engine that is too old is refused with both versions") {
    const auto text = open_error(
        [](const FakeRequest& request, FakeExchange& exchange) { answer_greeting(request, exchange, "1.40"); });
    CHECK(text == "the container engine at SOCKET is too old: it speaks API 1.40, isag needs 1.41");
}

TEST_CASE("open_at: what is no engine is told apart") {
    const std::string text = "what listens at SOCKET is no container engine";
    CHECK(open_error(always(404, "not found")) == text);
    CHECK(open_error(always(200, "<html>")) == text);
    CHECK(open_error(always(200, "[]")) == text);
    CHECK(open_error(always(200, R"({"ApiVersion":7})")) == text);
    CHECK(open_error(always(200, R"({"ApiVersion":"new"})")) == text);
    const auto garbage = open_error([](const FakeRequest&, FakeExchange& exchange) {
        exchange.send("SSH-2.0-OpenSSH_9.2\r\n\r\n");
        exchange.close();
    });
    CHECK(garbage == text + ": it does not speak HTTP");
}

TEST_CASE("open_at: an engine whose description makes no sense is refused") {
    for (const char* info : {"[]", R"({"KernelVersion":7})", R"({"Runtimes":{},"SecurityOptions":[1]})"}) {
        CAPTURE(info);
        const auto text = open_error([info](const FakeRequest& request, FakeExchange& exchange) {
            if (request.line() == "GET /version") return exchange.answer(200, R"({"ApiVersion":"1.43"})");
            exchange.answer(200, info);
        });
        CHECK(text == "what listens at SOCKET is no container engine");
    }
}

TEST_CASE("open_at: an engine under another kernel is refused, as Docker Desktop's") {
    const auto text = open_error([](const FakeRequest& request, FakeExchange& exchange) {
        if (request.line() == "GET /version") return exchange.answer(200, R"({"ApiVersion":"1.43"})");
        exchange.answer(200, R"({"KernelVersion":"6.6.0-linuxkit"})");
    });
    CHECK(text.starts_with("the container engine at SOCKET runs under another kernel (6.6.0-linuxkit, here "));
}

TEST_CASE("open_at: no socket, nobody who listens, and no permission each say what to do") {
    EngineFixture fixture(always(200, ""));
    CHECK(fixture.error_of(open("/nowhere/engine.sock")) ==
          "the container engine at /nowhere/engine.sock does not answer: No such file or directory");
    CHECK(fixture.hint.find("start docker") != std::string::npos);
    const std::string socket = fixture.fake.path();
    if (::geteuid() != 0) {
        ::chmod(socket.c_str(), 0);
        CHECK(fixture.error_of(open(socket)) == "no permission to talk to the container engine at " + socket);
        CHECK(fixture.hint.find("usermod") != std::string::npos);
    }
}

TEST_CASE("open_at: an engine that hangs up instead of answering does not answer") {
    const auto text = open_error([](const FakeRequest&, FakeExchange& exchange) { exchange.close(); });
    CHECK(text.starts_with("the container engine at SOCKET does not answer: "));
}

TEST_CASE("EngineHolder: many who ask at once open one engine") {
    EngineFixture fixture(
        [](const FakeRequest& request, FakeExchange& exchange) { answer_greeting(request, exchange); });
    auto holder = holder_of(fixture.fake.path());
    std::vector<std::string> versions;
    for (int i = 0; i < 5; ++i) asio::co_spawn(fixture.context, get_into(holder, versions), [](std::exception_ptr) {});
    fixture.context.run();
    CHECK(versions.size() == 5);
    const auto asked = fixture.fake.asked();
    CHECK(std::count(asked.begin(), asked.end(), "GET /info") == 1);
}

TEST_CASE("EngineHolder: the engine's end is told with who named it, and its return noticed") {
    EngineFixture fixture(
        [](const FakeRequest& request, FakeExchange& exchange) { answer_greeting(request, exchange); });
    auto holder = holder_of(fixture.fake.path());
    std::vector<std::string> versions;
    fixture.fake.stop();
    CHECK(fixture.error_of(get_into(holder, versions)).starts_with("isagd.yaml's engine: the container engine at "));
    fixture.fake.listen();
    CHECK(fixture.error_of(get_into(holder, versions)) == "");
    fixture.fake.stop();
    holder.forget();
    CHECK(fixture.error_of(get_into(holder, versions)) != "");
    fixture.fake.listen();
    CHECK(fixture.error_of(get_into(holder, versions)) == "");
    CHECK(versions.size() == 2);
}
