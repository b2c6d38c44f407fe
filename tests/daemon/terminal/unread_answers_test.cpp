// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/terminal/stage.hpp"
#include <boost/asio/awaitable.hpp>
#include <doctest/doctest.h>
#include <thread>

namespace asio = boost::asio;

namespace isag::terminal {
TEST_CASE("of the answers to a program that asks and never reads few wait for it") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    ::fcntl(program.slave.get(), F_SETFL, 0);
    stage.play([&]() -> asio::awaitable<void> {
        std::string questions;
        for (int n = 0; n < 50'000; ++n) questions += "\x1b[c";
        std::thread asks([&] { program.print(questions); });
        co_await stage.until([&] { return stage.logged_bytes() == std::ssize(questions); });
        asks.join();
        ::fcntl(program.slave.get(), F_SETFL, O_NONBLOCK);
        std::size_t answered = 0;
        int quiet = 0;
        co_await stage.until([&] {
            const auto n = typed_into(program.slave).size();
            answered += n;
            quiet = n > 0 ? 0 : quiet + 1;
            return quiet == 100;
        });
        CHECK(answered > 7);
        CHECK(answered < 50'000);  // of 350,000 bytes
    });
}

}  // namespace isag::terminal
