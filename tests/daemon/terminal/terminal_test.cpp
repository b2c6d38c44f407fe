// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/terminal/stage.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>
#include <sys/ioctl.h>

namespace asio = boost::asio;

namespace isag::terminal {
TEST_CASE("what a program prints goes to every viewer, and what the writer types goes to it") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto first = stage.attach({24, 80});
        Reader one(first->take_client_ends());
        auto second = stage.attach({24, 80}, Onto::fresh);
        Reader two(second->take_client_ends());
        program.print("hello");
        co_await stage.until([&] { return one.all() == "hello" && two.all().ends_with("hello"); });
        send(two, "keys");
        std::string typed;
        co_await stage.until([&] { return (typed += typed_into(program.slave)) == "keys"; });
    });
}

TEST_CASE("the first viewer misses nothing of what was printed before it came") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        program.print("early\x1b[6n");
        std::string typed;
        co_await stage.until([&] { return (typed += typed_into(program.slave)).ends_with("R"); });
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        CHECK(reader.all() == "early\x1b[6n");
    });
}

TEST_CASE("what was printed before the terminal was connected is in the log as soon as it is") {
    Stage stage;
    Program program;
    program.print("printed meanwhile");
    stage.terminal->connect(program.master.duplicate());
    const auto parts = OutputLog::open_parts(stage.folder / "log");
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].size == 17);
    stage.play([&]() -> asio::awaitable<void> { co_return; });
}

TEST_CASE("who attaches later sees the screen as it stands") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        program.print("\x1b[?1049h\x1b[31mred\x1b[?25l");
        auto first = stage.attach({24, 80});
        Reader seen(first->take_client_ends());
        co_await stage.until([&] { return seen.all().find("red") != std::string::npos; });
        auto viewer = stage.attach({24, 80}, Onto::fresh);
        Reader reader(viewer->take_client_ends());
        co_await stage.until([&] { return reader.all().find("red") != std::string::npos; });
        CHECK(reader.all().find("\x1b[?1049h") != std::string::npos);
        CHECK(reader.all().find("\x1b[?25l") != std::string::npos);
    });
}

TEST_CASE("the size follows who types, and the others are told") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    std::string told;
    stage.play([&]() -> asio::awaitable<void> {
        auto first = stage.attach({24, 80});
        first->on_turn([&](bool types) { told += types ? "+1" : "-1"; });
        Reader one(first->take_client_ends());
        CHECK(program.size().ws_row == 24);
        auto second = stage.attach({50, 100});
        second->on_turn([&](bool types) { told += types ? "+2" : "-2"; });
        Reader two(second->take_client_ends());
        CHECK(program.size().ws_row == 50);
        CHECK(told == "-1");
        first->resize({30, 90});  // not its turn
        CHECK(program.size().ws_row == 50);
        send(one, "x");
        co_await stage.until([&] { return program.size().ws_row == 30; });
        CHECK(told == "-1-2+1");
        first->resize({31, 91});
        CHECK(program.size().ws_row == 31);
        one.fd.reset();  // it leaves: the other one's turn
        co_await stage.until([&] { return program.size().ws_row == 50; });
        CHECK(told == "-1-2+1+2");
        CHECK(stage.terminal->viewers() == 1);
    });
}

TEST_CASE("who comes back and did not type last leaves size and turn to who did, whoever comes first") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        int told = 0;
        auto reads = stage.terminal->attach({30, 100}, Onto::shown, Terminal::Turn::waits);
        reads->on_turn([&](bool) { ++told; });
        CHECK(program.size().ws_row == 24);
        auto types = stage.terminal->attach({25, 90}, Onto::shown);
        auto late = stage.terminal->attach({40, 40}, Onto::shown, Terminal::Turn::waits);
        CHECK(program.size().ws_row == 25);
        CHECK(told == 0);
        types.reset();
        CHECK(program.size().ws_row == 40);
        co_return;
    });
}

TEST_CASE("a note stands below what is shown until it is taken away, and is no output") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        program.print("first\r\nsecond");
        co_await stage.until([&] { return reader.all().ends_with("second"); });
        const auto before = screen_with(reader.text, {24, 80}).refresh();
        stage.terminal->show_note("isag: " + std::string(100, 'n'));
        co_await stage.until([&] { return reader.all().find("isag: nnn") != std::string::npos; });
        const auto noted = screen_with(reader.text, {24, 80});
        CHECK(noted.refresh().find("isag:") != std::string::npos);
        CHECK(reader.text.find(std::string(75, 'n')) == std::string::npos);  // as wide as the window
        stage.terminal->take_note_away();
        co_await stage.until([&] { return screen_with(reader.all(), {24, 80}).refresh() == before; });
        auto late = stage.attach({24, 80}, Onto::fresh);
        Reader other(late->take_client_ends());
        co_await stage.until([&] { return other.all().find("second") != std::string::npos; });
        CHECK(other.text.find("isag:") == std::string::npos);
    });
}

TEST_CASE("without a viewer the terminal itself answers what a program asks; with one it doesn't") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        program.print("ab\x1b[6n");
        std::string typed;
        co_await stage.until([&] { return (typed += typed_into(program.slave)) == "\x1b[1;3R"; });
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        program.print("\x1b[6n.");
        co_await stage.until([&] { return reader.all().ends_with("."); });
        CHECK(typed_into(program.slave).empty());
    });
}

TEST_CASE(
    "a viewer that never reads holds a program up for a moment only, and is shown the screen when it reads again") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        std::string flood;
        for (int i = 0; i < 400'000; ++i) flood += std::to_string(i) + " flood\r\n";
        flood += "the end";
        std::size_t printed = 0;
        const auto print_on = [&] {
            const ssize_t n = ::write(program.slave.get(), flood.data() + printed, flood.size() - printed);
            if (n > 0) printed += static_cast<std::size_t>(n);
            return printed == flood.size();
        };
        co_await stage.until(print_on);
        co_await stage.until([&] { return reader.all().find("the end") != std::string::npos; });
        CHECK(reader.all().size() < flood.size());
        Screen screen({24, 80});
        screen.feed(reader.all());
        Screen whole({24, 80});
        whole.feed(flood);
        CHECK(screen.refresh() == whole.refresh());
    });
}

TEST_CASE("the program's end ends the viewers' streams, after all that it printed") {
    Stage stage;
    Program program;
    stage.terminal->connect(std::move(program.master));
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        program.print("last words");
        program.slave.reset();
        co_await stage.until([&] { return reader.all(), reader.ended; });
        CHECK(reader.text == "last words");
        CHECK(stage.terminal->ended());
        auto late = stage.attach({24, 80}, Onto::fresh);
        Reader reads(late->take_client_ends());
        co_await stage.until([&] { return reads.all(), reads.ended; });
        CHECK(reads.text.find("last words") != std::string::npos);
    });
}

TEST_CASE("the next one of the same folder shows what this one did, whether it was let go or not") {
    Stage stage;
    Program program;
    const auto painted = [&](Onto onto) {
        auto viewer = stage.terminal->attach({24, 80}, onto);
        return Reader(viewer->take_client_ends()).all();
    };
    std::string before;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        program.print("scrolled\r\n\x1b[1mbold\x1b[?2004h\x1b[10;5H");
        Screen screen({24, 80});
        screen.feed("scrolled\r\n\x1b[1mbold\x1b[?2004h\x1b[10;5H");
        co_await stage.until([&] { return painted(Onto::fresh) == screen.repaint(); });
        before = painted(Onto::fresh);
        const auto first = stage.terminal;
        stage.start();  // while the first one still runs: as after a kill
        CHECK(painted(Onto::fresh) == before);
        co_await first->let_go();
        stage.terminal->connect(program.master.duplicate());
        co_await stage.terminal->let_go();
        stage.start();
        CHECK(painted(Onto::fresh) == before);
        stage.terminal->connect(program.master.duplicate());
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        program.print("on");
        co_await stage.until([&] { return reader.all().ends_with("on"); });
    });
}

TEST_CASE("keys that were not taken can be read back when the viewer is gone") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.terminal->attach({24, 80}, Onto::nothing);  // nobody reads what it types
        Reader reader(viewer->take_client_ends());
        send(reader, "keys");
        viewer.reset();
        char back[8];
        CHECK(::read(reader.keys.get(), back, sizeof back) == 4);
        CHECK(std::string_view(back, 4) == "keys");
        co_return;
    });
}

TEST_CASE("keys stay with the client until there is a program's terminal to pass them on to") {
    Stage stage;
    Program program;
    stage.play([&]() -> asio::awaitable<void> {
        auto viewer = stage.attach({24, 80});
        Reader reader(viewer->take_client_ends());
        send(reader, "keys");
        asio::steady_timer pause(co_await asio::this_coro::executor, std::chrono::milliseconds(50));
        co_await pause.async_wait(asio::use_awaitable);
        int waiting = 0;
        CHECK(::ioctl(reader.keys.get(), FIONREAD, &waiting) == 0);
        CHECK(waiting == 4);
        stage.terminal->connect(program.master.duplicate());
        std::string typed;
        co_await stage.until([&] { return (typed += typed_into(program.slave)) == "keys"; });
    });
}

TEST_CASE("who follows the output types nothing and is no viewer") {
    Stage stage;
    Program program;
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> asio::awaitable<void> {
        auto follower = stage.terminal->follow();
        stage.tasks.spawn(follower->read());
        stage.tasks.spawn(follower->watch());
        stage.tasks.spawn(follower->write());
        Reader reader(follower->take_client_ends());
        CHECK(stage.terminal->viewers() == 0);
        CHECK(!reader.keys);
        REQUIRE(::send(reader.fd.get(), "keys", 4, MSG_NOSIGNAL) == 4);
        program.print("text");
        co_await stage.until([&] { return reader.all() == "text"; });
        CHECK(typed_into(program.slave).empty());
    });
}

}  // namespace isag::terminal
