// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/reply.hpp"
#include "tests/daemon/engine/fixture.hpp"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <future>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::engine;
using namespace isag::test;

namespace {

using Lines = std::vector<std::string>;

asio::awaitable<void> build(Engine& engine, Lines& lines) {
    BuildOptions options;
    options.tag = "x:y";
    options.context = "tar";
    const auto keep = [&lines](const std::string& line) { lines.push_back(line); };
    co_await engine.build(std::move(options), keep);
}

asio::awaitable<void> pull(Engine& engine, std::vector<std::pair<std::int64_t, std::int64_t>>& sums) {
    const auto keep = [&sums](std::int64_t done, std::int64_t total) { sums.emplace_back(done, total); };
    co_await engine.pull("debian:12", keep);
}

asio::awaitable<void> wait(Engine& engine, std::int64_t& code) { code = co_await engine.wait_container("c"); }

asio::awaitable<void> output(Engine& engine, std::string& text) { text = co_await engine.container_output("c"); }

FakeEngine::Script streaming(int status, Lines pieces) {
    return [status, pieces](const FakeRequest&, FakeExchange& exchange) { exchange.stream(status, pieces); };
}

// The text in two pieces, split at one place.
Lines halves(const std::string& text, std::size_t at) { return {text.substr(0, at), text.substr(at)}; }

}  // namespace

TEST_CASE("StreamedLines: the same lines wherever the bytes are split") {
    const std::string text = "{\"a\":1}\r\n\n{\"b\":2}\n{\"c\":3";
    for (std::size_t at = 0; at <= text.size(); ++at) {
        StreamedLines lines;
        Lines got;
        for (const auto& piece : halves(text, at))
            lines.feed(piece, [&](const std::string& line) { got.push_back(line.substr(0, 7)); });
        CAPTURE(at);
        REQUIRE(got.size() >= 2);
        CHECK(got.front() == R"({"a":1})");
        CHECK(got.back() == R"({"b":2})");
    }
}

TEST_CASE("StreamedLines: a line that does not end comes in pieces") {
    StreamedLines lines;
    std::vector<std::size_t> sizes;
    std::string got;
    const auto take = [&](const std::string& line) {
        sizes.push_back(line.size());
        got += line;
    };
    const std::string piece(100'000, 'x');
    for (int n = 0; n < 25; ++n) lines.feed(piece, take);
    lines.feed("\nend\n", take);
    CHECK(sizes == std::vector<std::size_t>{StreamedLines::longest, StreamedLines::longest,
                                            2'500'000 - 2 * StreamedLines::longest, 3});
    CHECK(got == std::string(2'500'000, 'x') + "end");
}

TEST_CASE("build: the builder's lines are whole, however its text, its objects and the chunks are cut") {
    const std::string text =
        "{\"stream\":\"Step 1/2 : FROM x\\n\"}\r\n{\"stream\":\" ---\\u003e ab\"}\r\n"
        "{\"stream\":\"c\\nlast \\u00e4\\n\"}\r\n{\"aux\":{\"ID\":\"sha256:1\"}}\r\n";
    for (std::size_t at = 1; at < text.size(); ++at) {
        CAPTURE(at);
        EngineFixture fixture(streaming(200, halves(text, at)));
        const auto engine = fixture.engine();
        Lines lines;
        fixture.run(build(*engine, lines));
        CHECK(lines == Lines{"Step 1/2 : FROM x", " ---> abc", "last ä"});
    }
}

TEST_CASE("build: an error inside a stream of status 200 is an error, and the lines before it were seen") {
    EngineFixture fixture(
        streaming(200, {"{\"stream\":\"Step 1/1 : RUN false\\n\"}\n",
                        "{\"errorDetail\":{\"code\":1},\"error\":\"The command returned a non-zero code: 1\"}\n"}));
    const auto engine = fixture.engine();
    Lines lines;
    CHECK(fixture.error_of(build(*engine, lines)) == "the build failed: The command returned a non-zero code: 1");
    CHECK(lines == Lines{"Step 1/1 : RUN false"});
}

TEST_CASE("build: an error in a last line without its newline is heard too") {
    EngineFixture fixture(streaming(200, {"{\"error\":\"no space left\"}"}));
    const auto engine = fixture.engine();
    Lines lines;
    CHECK(fixture.error_of(build(*engine, lines)) == "the build failed: no space left");
}

TEST_CASE("build: a refusal before the stream is in the engine's words") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) {
        exchange.answer(400, R"({"message":"dockerfile parse error line 1"})");
    });
    const auto engine = fixture.engine();
    Lines lines;
    CHECK(fixture.error_of(build(*engine, lines)) ==
          "the engine refused to build the image: dockerfile parse error line 1");
}

TEST_CASE("build: an engine that dies in the middle is an error") {
    EngineFixture fixture([](const FakeRequest&, FakeExchange& exchange) {
        exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n14\r\n{\"stream\":\"one\\n\"}\n\r\n");
        exchange.close();
    });
    const auto engine = fixture.engine();
    Lines lines;
    CHECK(fixture.error_of(build(*engine, lines)).find("does not answer") != std::string::npos);
}

TEST_CASE("build: cancelling it closes the connection, which ends it in the engine") {
    std::promise<bool> closed;
    asio::cancellation_signal cancel;
    EngineFixture* made = nullptr;
    EngineFixture fixture([&](const FakeRequest&, FakeExchange& exchange) {
        exchange.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
        asio::post(made->context, [&] { cancel.emit(asio::cancellation_type::terminal); });
        closed.set_value(exchange.wait_closed());
    });
    made = &fixture;
    const auto engine = fixture.engine();
    Lines lines;
    bool cancelled = false;
    asio::co_spawn(
        fixture.context, build(*engine, lines),
        asio::bind_cancellation_slot(cancel.slot(), [&](std::exception_ptr error) { cancelled = error != nullptr; }));
    fixture.context.run();
    CHECK(cancelled);
    CHECK(closed.get_future().get());
}

TEST_CASE("pull: the layers' progress is summed up, however the stream is cut") {
    const std::string text =
        "{\"status\":\"Pulling from x\",\"id\":\"12\"}\n"
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":1,\"total\":10},\"id\":\"a\"}\n"
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":5,\"total\":30},\"id\":\"b\"}\n"
        "{\"status\":\"Downloading\",\"progressDetail\":{\"current\":10,\"total\":10},\"id\":\"a\"}\n"
        "{\"status\":\"Extracting\",\"progressDetail\":{\"current\":1,\"total\":99},\"id\":\"a\"}\n";
    for (std::size_t at = 1; at < text.size(); at += 3) {
        EngineFixture fixture(streaming(200, halves(text, at)));
        const auto engine = fixture.engine();
        std::vector<std::pair<std::int64_t, std::int64_t>> sums;
        fixture.run(pull(*engine, sums));
        CAPTURE(at);
        REQUIRE_FALSE(sums.empty());
        CHECK(sums.back() == std::pair<std::int64_t, std::int64_t>{15, 40});
    }
}

TEST_CASE("pull: lines that make no sense are passed over") {
    EngineFixture fixture(
        streaming(200, {"not json\n[]\n{\"status\":7}\n{\"status\":\"Downloading\",\"progressDetail\":[]}\n"
                        "{\"status\":\"Downloading\",\"id\":1,\"progressDetail\":{\"total\":\"x\"}}\n"}));
    const auto engine = fixture.engine();
    std::vector<std::pair<std::int64_t, std::int64_t>> sums;
    CHECK(fixture.error_of(pull(*engine, sums)) == "");
}

TEST_CASE("wait_container: the exit code, after however long") {
    EngineFixture fixture(streaming(200, {"{\"Status", "Code\":137}", "\n"}));
    const auto engine = fixture.engine();
    std::int64_t code = 0;
    fixture.run(wait(*engine, code));
    CHECK(code == 137);
}

TEST_CASE("container_output: the frames of both streams are taken apart, a broken last one too") {
    using namespace std::string_literals;
    const std::string framed = "\1\0\0\0\0\0\0\3one\2\0\0\0\0\0\0\4 two\1\0\0\0\0\0\1\0cut"s;
    EngineFixture fixture([&](const FakeRequest&, FakeExchange& exchange) { exchange.answer(200, framed); });
    const auto engine = fixture.engine();
    std::string text;
    fixture.run(output(*engine, text));
    CHECK(text == "one twocut");
}
