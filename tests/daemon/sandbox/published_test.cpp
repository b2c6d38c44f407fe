// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/published.hpp"
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "tests/support/run_coro.hpp"
#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds published_patience{20};

// A published port that leads to a server of the test's, or is refused.
struct PublishedPort {
    asio::io_context context;
    tcp::acceptor server{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
    bool refuses = false;
    std::int64_t asked_for = 0;
    Published published{context.get_executor(), [this](proto::Endpoint to) { return reach(std::move(to)); }};
    std::uint16_t port = 0;

    PublishedPort() {
        proto::Forward forward;
        forward.kind = "local";
        forward.listen.host = "127.0.0.1";
        forward.to.port = 8080;
        auto listener = listen_on_host(forward);
        port = static_cast<std::uint16_t>(listener.forward.listen.port);
        published.add(std::move(listener));
    }
    asio::awaitable<UniqueFd> reach(proto::Endpoint to) {
        asked_for = to.port;
        if (refuses) throw Error("localhost:8080: cannot connect: Connection refused");
        tcp::socket socket(context);
        const auto at = server.local_endpoint();
        co_await socket.async_connect(at, asio::use_awaitable);
        socket.native_non_blocking(true);
        co_return UniqueFd(socket.release());
    }
    asio::awaitable<tcp::socket> dial() {
        tcp::socket socket(context);
        const tcp::endpoint at(asio::ip::address_v4::loopback(), port);
        co_await socket.async_connect(at, asio::use_awaitable);
        co_return std::move(socket);
    }
    asio::awaitable<void> whole(asio::awaitable<void> body) {
        std::exception_ptr failed;
        try {
            co_await with_deadline(std::move(body), published_patience, "the test");
        } catch (...) {
            failed = std::current_exception();
        }
        co_await published.end();
        if (failed) std::rethrow_exception(failed);
    }
    void run(asio::awaitable<void> body) { test::run(context, whole(std::move(body))); }
};

// "" where five bytes come, else why not.
asio::awaitable<std::string> five_bytes(tcp::socket& socket) {
    std::string bytes(5, '\0');
    boost::system::error_code error;
    co_await asio::async_read(socket, asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, error));
    co_return error ? error.message() : bytes;
}

asio::awaitable<void> leads_there_and_back(PublishedPort& place) {
    auto client = co_await place.dial();
    auto served = co_await place.server.async_accept(asio::use_awaitable);
    CHECK(place.asked_for == 8080);
    co_await asio::async_write(client, asio::buffer("hello", 5), asio::use_awaitable);
    CHECK(co_await five_bytes(served) == "hello");
    co_await asio::async_write(served, asio::buffer("there", 5), asio::use_awaitable);
    CHECK(co_await five_bytes(client) == "there");

    place.published.close();  // takes nobody any more, and what is open goes on
    co_await asio::async_write(client, asio::buffer("still", 5), asio::use_awaitable);
    CHECK(co_await five_bytes(served) == "still");
    co_await place.published.end();
    CHECK(co_await five_bytes(client) == "Connection reset by peer");
    CHECK(co_await five_bytes(served) == "Connection reset by peer");
}

asio::awaitable<void> resets_what_is_refused(PublishedPort& place) {
    place.refuses = true;
    auto client = co_await place.dial();
    CHECK(co_await five_bytes(client) == "Connection reset by peer");
    place.refuses = false;
    auto again = co_await place.dial();
    auto served = co_await place.server.async_accept(asio::use_awaitable);
}

}  // namespace

TEST_CASE("published: bytes go there and back, and the end is a reset") {
    PublishedPort place;
    place.run(leads_there_and_back(place));
}

TEST_CASE("published: a connection whose target refuses is reset, and the next one is none the worse") {
    PublishedPort place;
    place.run(resets_what_is_refused(place));
}
