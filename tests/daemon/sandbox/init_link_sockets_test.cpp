// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/sandbox/linked_init.hpp"
#include <unistd.h>

namespace asio = boost::asio;
using namespace isag;
using namespace isag::sandbox;
using namespace std::chrono_literals;
using test::LinkedInit;
using test::make_fds;

namespace {

// What is asked of the link, and how many descriptors came of it.
asio::awaitable<void> ask_link(InitLink& link, std::string method, std::size_t& got) {
    if (method == "serve") {
        proto::init::Spawn request;
        request.argv = {"true"};
        const auto served = co_await link.serve(std::move(request));
        got = served.streams.size();
    } else if (method == "connect") {
        got = (co_await link.connect("/x")).get() >= 0 ? 1 : 0;
    } else if (method == "listen") {
        got = (co_await link.listen("/x")).get() >= 0 ? 1 : 0;
    } else {
        got = (co_await link.terminal_of(42)).get() >= 0 ? 1 : 0;
    }
}

asio::awaitable<void> ask_into(LinkedInit& fixture, std::string method, std::size_t& got, std::string& error) {
    try {
        co_await ask_link(fixture.link, std::move(method), got);
    } catch (const Error& e) {
        error = e.message();
    }
    fixture.changed.notify();
}

// Init answers the request with those descriptors; "?": it does not know the method.
asio::awaitable<void> answer_with(LinkedInit& fixture, std::string method, std::string fds, std::size_t& got,
                                  std::string& error) {
    const auto init = fixture.dial_ready();
    co_await fixture.link.wait_ready(::getpid(), 20s);
    fixture.tasks.spawn(ask_into(fixture, method, got, error));
    const auto asked = co_await init->receive();
    CHECK(asked->message.method == method);
    if (fds == "?") {
        const Error unknown("unknown method '" + method + "'", "", ErrorKind::usage);
        init->send(proto::error_line(asked->message.id, unknown));
    } else {
        auto result = proto::to_json(proto::Nothing());
        if (method == "serve") result = proto::to_json(proto::init::Spawned{42});
        init->send(proto::result_line(asked->message.id, result, static_cast<std::int64_t>(fds.size())),
                   make_fds(fds, fixture.folder.path()));
    }
    co_await fixture.until([&] { return got != 0 || !error.empty(); });
}

}  // namespace

TEST_CASE("InitLink: sockets are of the kind that was asked for, or init is hung up on") {
    const std::pair<const char*, const char*> right[] = {
        {"serve", "u"}, {"connect", "u"}, {"listen", "U"}, {"terminal", "m"}};
    for (const auto& [method, fds] : right) {
        CAPTURE(method);
        LinkedInit fixture;
        std::size_t got = 0;
        std::string error;
        fixture.run(answer_with(fixture, method, fds, got, error));
        CHECK(got == 1);
        CHECK(error == "");
    }
    const std::pair<const char*, const char*> wrong[] = {{"serve", ""},   {"serve", "uu"},  {"serve", "U"},
                                                         {"serve", "r"},  {"connect", "U"}, {"connect", "n"},
                                                         {"listen", "u"}, {"listen", "UU"}, {"terminal", "u"}};
    for (const auto& [method, fds] : wrong) {
        CAPTURE(method);
        CAPTURE(fds);
        LinkedInit fixture;
        std::size_t got = 0;
        std::string error;
        fixture.run(answer_with(fixture, method, fds, got, error));
        CHECK(got == 0);
        CHECK(error == "isag-init handed over something else than it was asked for");
    }
}

TEST_CASE("InitLink: what an older init does not know is told as such, and the line goes on") {
    LinkedInit fixture;
    std::size_t got = 0;
    std::string error;
    fixture.run(answer_with(fixture, "serve", "?", got, error));
    CHECK(error == "the sandbox was started by an older isag, which can't do this");
    CHECK(fixture.lost == 0);
}
