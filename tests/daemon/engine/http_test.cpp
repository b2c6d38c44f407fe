// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/engine/fixture.hpp"
#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <doctest/doctest.h>
#include <future>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::engine;
using namespace isag::test;
using namespace std::chrono_literals;

namespace {

asio::awaitable<void> get(Http& http, std::string& body, std::chrono::seconds limit = 20s) {
    HttpRequest request{"GET", "/x"};
    const auto response = co_await http.send(std::move(request), limit);
    body += std::to_string(response.status) + response.body;
}

asio::awaitable<void> upload(Http& http, std::shared_ptr<UniqueFd> source, std::string& body) {
    HttpRequest request{"POST", "/x"};
    request.upload = std::move(source);
    const auto response = co_await http.send(std::move(request), 20s);
    body += std::to_string(response.status) + response.body;
}

asio::awaitable<void> post(Http& http, std::string content, std::string& body) {
    HttpRequest request{"POST", "/x", std::move(content)};
    const auto response = co_await http.send(std::move(request), 20s);
    body += std::to_string(response.status) + response.body;
}

asio::awaitable<void> list(Engine& engine) { co_await engine.list_containers("x"); }

}  // namespace

TEST_CASE("Http: a connection is kept for the next request, and replaced when the engine has closed it") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) { exchange.answer(200, "a"); });
    const auto http = fixture.http();
    std::string body;
    fixture.run(get(*http, body));
    fixture.run(get(*http, body));
    CHECK(fixture.fake.accepted() == 1);
    fixture.fake.close_connections();
    fixture.run(get(*http, body));
    CHECK(fixture.fake.accepted() == 2);
    fixture.fake.stop();  // and started again
    fixture.fake.listen();
    fixture.run(get(*http, body));
    CHECK(body == "200a200a200a200a");
}

TEST_CASE("Http: a connection that the engine wants to close is not kept") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) {
        exchange.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 1\r\n\r\na");
    });
    const auto http = fixture.http();
    std::string body;
    fixture.run(get(*http, body));
    fixture.run(get(*http, body));
    CHECK(fixture.fake.accepted() == 2);
}

TEST_CASE("Http: an answer that breaks off, wherever, is an error and not half an answer") {
    const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789";
    const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n01234\r\n0\r\n\r\n";
    for (const auto& answer : {whole, chunked}) {
        std::atomic<std::size_t> length = 0;
        EngineFixture fixture([&](const FakeRequest&, FakeExchange& exchange) {
            exchange.send(answer.substr(0, length));
            exchange.close();
        });
        const auto http = fixture.http();
        for (; length < answer.size(); ++length) {
            CAPTURE(length.load());
            std::string body;
            CHECK(fixture.error_of(get(*http, body)).find("does not answer") != std::string::npos);
            CHECK(body == "");
        }
        std::string body;
        CHECK(fixture.error_of(get(*http, body)) == "");
    }
}

TEST_CASE("Http: an answer that takes longer than its limit is given up, and its connection closed") {
    std::promise<bool> closed;
    EngineFixture fixture([&](const FakeRequest&, FakeExchange& exchange) {
        exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01");
        closed.set_value(exchange.wait_closed());
    });
    const auto http = fixture.http();
    std::string body;
    CHECK(fixture.error_of(get(*http, body, 1s)) == "the engine's answer to GET /x took longer than 1000 ms");
    CHECK(closed.get_future().get());
}

TEST_CASE("Http: an engine that refuses an upload before it has read it is heard") {
    ::signal(SIGPIPE, SIG_IGN);  // as isagd does
    EngineFixture fixture([](const FakeRequest&, FakeExchange&) {});
    fixture.fake.stop();
    // Answers at once, as soon as the first bytes are there, and closes.
    UniqueFd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, fixture.fake.path().c_str(), sizeof address.sun_path - 1);
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener.get(), 4) == 0);
    std::thread refusing([&] {
        for (int i = 0; i < 2; ++i) {
            const UniqueFd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
            FakeExchange exchange(socket.get());
            exchange.answer(507, "full");
            ::shutdown(socket.get(), SHUT_RDWR);
        }
    });
    const auto http = fixture.http();
    std::string body;
    fixture.run(post(*http, std::string(4 << 20, 'x'), body));
    Pipe source = make_pipe();
    std::thread filling([&] {
        const std::string some(65536, 'x');
        while (::write(source.write.get(), some.data(), some.size()) > 0) continue;
    });
    auto reading = std::make_shared<UniqueFd>(std::move(source.read));
    fixture.run(upload(*http, reading, body));
    reading.reset();
    filling.join();
    refusing.join();
    CHECK(body == "507full507full");
}

TEST_CASE("Http: an upload arrives whole, in chunks, to its last byte") {
    std::string got;
    EngineFixture fixture([&](const FakeRequest& request, FakeExchange& exchange) {
        got = request.body;
        exchange.answer(200, "{}");
    });
    std::string sent(300'000, '\0');
    for (std::size_t i = 0; i < sent.size(); ++i) sent[i] = static_cast<char>(i * 7 + i / 251);
    Pipe source = make_pipe();
    std::thread filling([&] {
        for (std::size_t at = 0; at < sent.size();)
            at += static_cast<std::size_t>(::write(source.write.get(), sent.data() + at, sent.size() - at));
        source.write.reset();
    });
    const auto http = fixture.http();
    std::string body;
    fixture.run(upload(*http, std::make_shared<UniqueFd>(std::move(source.read)), body));
    filling.join();
    CHECK(body == "200{}");
    CHECK(got == sent);
}

TEST_CASE("Engine: a refusal is passed on in the engine's own words, without control characters") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) {
        exchange.answer(500, R"({"message":"no space\u001b[31m left"})");
    });
    const auto engine = fixture.engine();
    const auto text = fixture.error_of(list(*engine));
    CHECK(text.starts_with("the engine refused to list containers: no space"));
    CHECK(text.find('\x1b') == std::string::npos);
}

TEST_CASE("Engine: an answer that is not JSON is an error") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) { exchange.answer(200, "<html>"); });
    const auto engine = fixture.engine();
    CHECK(fixture.error_of(list(*engine)) == "the engine's answer to list containers is not JSON");
}

TEST_CASE("Engine: an answer of another form than the API's is an Error, as any other") {
    for (const char* answer : {"[{}]", "[1]", R"([{"Id":7}])", R"([{"Id":"x","Labels":{"a":1}}])"}) {
        CAPTURE(answer);
        EngineFixture fixture([=](const FakeRequest&, FakeExchange& exchange) { exchange.answer(200, answer); });
        const auto engine = fixture.engine();
        CHECK(
            fixture.error_of(list(*engine)).starts_with("the engine's answer to list containers is not understood: "));
    }
}
