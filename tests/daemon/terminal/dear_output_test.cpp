// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/terminal/stage.hpp"
#include <atomic>
#include <boost/asio/awaitable.hpp>
#include <doctest/doctest.h>
#include <thread>

namespace asio = boost::asio;

// What a program prints in a moment and a screen follows for seconds.
namespace isag::terminal {
namespace {

// A screen full of pens, then in and out of the alternate one.
std::string dear_output(std::size_t size) {
    std::string out;
    for (int row = 1; row <= 24; ++row) {
        out += "\x1b[" + std::to_string(row) + ";1H";
        for (int column = 0; column < 80; ++column)
            out += "\x1b[38;2;" + std::to_string(row * 9) + ";" + std::to_string(column) + ";7mx";
    }
    while (out.size() < size) out += "x\x1b[?47h\x1b[?47l";
    return out;
}

// The longest time for which the loop did nothing else.
asio::awaitable<void> watch(Clock::duration& longest) {
    asio::steady_timer tick(co_await asio::this_coro::executor);
    for (auto last = Clock::now();; last = Clock::now()) {
        tick.expires_after(std::chrono::milliseconds(1));
        co_await tick.async_wait(asio::use_awaitable);
        longest = std::max(longest, Clock::now() - last);
    }
}

}  // namespace

TEST_CASE("what takes long to show holds up nobody else, nor the next isagd") {
    const std::string output = dear_output(48 << 10);
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    ::fcntl(program.slave.get(), F_SETFL, 0);
    const test::TempFolder killed;
    Clock::duration longest{};
    Clock::duration whole{};
    stage.play([&]() -> asio::awaitable<void> {
        stage.tasks.spawn(watch(longest));
        std::thread prints([&] { program.print(output); });
        const auto begin = Clock::now();
        co_await stage.until([&] { return stage.logged_bytes() == std::ssize(output); });
        prints.join();
        co_await stage.terminal->show_output();
        auto viewer = stage.attach({24, 80}, Onto::fresh);
        Reader reader(viewer->take_client_ends());
        whole = Clock::now() - begin;
        // As an isagd leaves it that is killed now.
        std::filesystem::copy(stage.folder.path(), killed.path(), std::filesystem::copy_options::recursive);
        co_await stage.until([&] { return !reader.all().empty(); });
        viewer.reset();
        int looks = 0;
        co_await stage.until([&] { return ++looks == 5; });  // watch() has looked, too
    });
    CHECK(longest < whole / 4);

    const auto begin = Clock::now();
    const Terminal::Files files{killed / "log", killed / "intake"};
    std::make_shared<Terminal>(stage.context.get_executor(), files, proto::TerminalSize{24, 80});
    CHECK(Clock::now() - begin < whole / 4);
}

TEST_CASE("output that is dear and never ends keeps nobody from attaching") {
    const std::string output = dear_output(0) + std::string("x\x1b[?47h\x1b[?47l");
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    ::fcntl(program.slave.get(), F_SETFL, 0);
    std::atomic<bool> enough = false, printed = false;
    stage.play([&]() -> asio::awaitable<void> {
        std::thread prints([&] {
            program.print(output);
            while (!enough) program.print("x\x1b[?47h\x1b[?47l");
            printed = true;
        });
        co_await stage.until([&] { return stage.logged_bytes() > std::ssize(output); });
        co_await stage.terminal->show_output();  // by which it is behind again
        enough = true;
        co_await stage.until([&] { return printed.load(); });
        prints.join();
    });
}

}  // namespace isag::terminal
