// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/cli_version.hpp"
#include "daemon/image/stored_answers.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <ctime>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace isag::image;

namespace {

// A registry on loopback that gives every request the same answer.
class Registry {
public:
    Registry(asio::io_context& context, std::string status, std::string body)
        : acceptor_(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)),
          answer_("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\nConnection: close\r\n\r\n" + body) {
        asio::co_spawn(context, serve(), [](std::exception_ptr) {});
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(acceptor_.local_endpoint().port()) + "/"; }
    void close() { acceptor_.close(); }
    std::string asked;  // each request's first line

private:
    asio::awaitable<void> serve() {
        for (;;) {
            tcp::socket peer = co_await acceptor_.async_accept(asio::use_awaitable);
            std::string request;
            auto buffer = asio::dynamic_buffer(request);
            co_await asio::async_read_until(peer, buffer, "\r\n\r\n", asio::use_awaitable);
            asked += request.substr(0, request.find('\r')) + "\n";
            co_await asio::async_write(peer, asio::buffer(answer_), asio::use_awaitable);
        }
    }
    tcp::acceptor acceptor_;
    std::string answer_;
};

struct Asked {
    CliVersion version;
    std::string requests;
};

// One resolve against a registry that answers so.
Asked resolve(const CliRequest& request, bool fresh, const std::string& status, const std::string& body) {
    asio::io_context context;
    Registry registry(context, status, body);
    Asked asked;
    const auto work = [&]() -> asio::awaitable<void> {
        CliRequest to_registry = request;
        to_registry.environment["NPM_CONFIG_REGISTRY"] = registry.url();
        asked.version = co_await resolve_cli_version(to_registry, fresh);
        registry.close();
    };
    isag::test::run(context, work());
    asked.requests = registry.asked;
    return asked;
}

CliRequest request_for(const std::string& wanted, const std::filesystem::path& cache) {
    CliRequest request;
    request.package = "@openai/codex";
    request.wanted = wanted;
    request.cache = cache;
    return request;
}

}  // namespace

TEST_CASE("a version that is one needs no registry") {
    const isag::test::TempFolder folder;
    const auto asked = resolve(request_for("1.2.3-beta.1", folder.path()), true, "200 OK", "{}");
    CHECK(asked.version.version == "1.2.3-beta.1");
    CHECK(asked.requests.empty());
}

TEST_CASE("a dist-tag is what the registry says it is") {
    const isag::test::TempFolder folder;
    const auto asked =
        resolve(request_for("next", folder.path()), false, "200 OK", R"({"latest": "1.0.0", "next": "2.0.0-rc.1"})");
    CHECK(asked.version.version == "2.0.0-rc.1");
    CHECK(!asked.version.refresh_due);
    CHECK(asked.requests == "GET /-/package/@openai%2fcodex/dist-tags HTTP/1.1\n");
}

TEST_CASE("a registry without a usable answer leaves the tag as it is") {
    const isag::test::TempFolder folder;
    for (const char* body : {"", "nonsense", "[]", "{}", R"({"latest": 1})", R"({"latest": "1.0; evil"})"})
        CHECK(resolve(request_for("latest", folder.path()), false, "200 OK", body).version.version == "latest");
    const auto refused = resolve(request_for("latest", folder.path()), false, "503 No", R"({"latest": "1.0.0"})");
    CHECK(refused.version.version == "latest");
    const std::string endless = R"({"latest": "1.0.0", "x": ")" + std::string(2 << 20, 'x') + "\"}";
    CHECK(resolve(request_for("latest", folder.path()), false, "200 OK", endless).version.version == "latest");
}

TEST_CASE("a kept answer is used at once, and is due for a refresh after six hours") {
    const isag::test::TempFolder folder;
    CliRequest request = request_for("latest", folder.path());
    request.environment["npm_config_registry"] = "http://127.0.0.1:1/";
    const std::string question = "http://127.0.0.1:1/-/package/@openai%2fcodex/dist-tags latest";
    const auto resolved = [&] {
        asio::io_context context;
        CliVersion version;
        const auto work = [&]() -> asio::awaitable<void> { version = co_await resolve_cli_version(request, false); };
        isag::test::run(context, work());
        return version;
    };
    StoredAnswers answers(folder.path() / "npm-versions.json");
    answers.put(question, {"1.0.0", std::time(nullptr) - 5 * 3600});
    CHECK(resolved().version == "1.0.0");
    CHECK(!resolved().refresh_due);
    answers.put(question, {"1.0.0", std::time(nullptr) - 7 * 3600});
    CHECK(resolved().version == "1.0.0");
    CHECK(resolved().refresh_due);
    answers.put(question, {"not a version", std::time(nullptr)});
    CHECK(resolved().version == "latest");
}

TEST_CASE("a refresh keeps the registry's answer for the next run") {
    const isag::test::TempFolder folder;
    asio::io_context context;
    Registry registry(context, "200 OK", R"({"latest": "3.0.0"})");
    CliRequest request = request_for("latest", folder.path());
    request.environment["NPM_CONFIG_REGISTRY"] = registry.url();
    const auto work = [&]() -> asio::awaitable<void> {
        co_await refresh_cli_version(request);
        registry.close();
    };
    isag::test::run(context, work());
    const auto kept = StoredAnswers(folder.path() / "npm-versions.json")
                          .find(npm_registry(request.environment) + "/-/package/@openai%2fcodex/dist-tags latest");
    REQUIRE(kept);
    CHECK(kept->text == "3.0.0");
}

TEST_CASE("asking can be cancelled while the registry is silent") {
    const isag::test::TempFolder folder;
    asio::io_context context;
    tcp::acceptor silent(context, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
    CliRequest request = request_for("latest", folder.path());
    request.environment["NPM_CONFIG_REGISTRY"] = "http://127.0.0.1:" + std::to_string(silent.local_endpoint().port());
    asio::cancellation_signal stop;
    bool cancelled = false;
    const auto ended = [&](std::exception_ptr error) { cancelled = error != nullptr; };
    asio::co_spawn(context, refresh_cli_version(request), asio::bind_cancellation_slot(stop.slot(), ended));
    const auto started = std::chrono::steady_clock::now();
    tcp::socket peer(context);
    silent.async_accept(peer, [&](boost::system::error_code) { stop.emit(asio::cancellation_type::terminal); });
    context.run();
    CHECK(cancelled);
    CHECK(std::chrono::steady_clock::now() - started < std::chrono::seconds(4));
}
