// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/log_error.hpp"
#include "daemon/terminal/terminal.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <functional>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>
#include <vector>

namespace isag::terminal {

using Onto = Terminal::Onto;
using Clock = std::chrono::steady_clock;

// A program's end of a terminal: raw, so that what is typed is not echoed.
struct Program {
    Program() {
        master.reset(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        ::unlockpt(master.get());
        slave.reset(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios mode{};
        ::tcgetattr(slave.get(), &mode);
        ::cfmakeraw(&mode);
        ::tcsetattr(slave.get(), TCSANOW, &mode);
        ::fcntl(slave.get(), F_SETFL, O_NONBLOCK);
    }
    void print(std::string_view text) const {
        REQUIRE(::write(slave.get(), text.data(), text.size()) == std::ssize(text));
    }
    winsize size() const {
        winsize out{};
        ::ioctl(slave.get(), TIOCGWINSZ, &out);
        return out;
    }
    UniqueFd master;
    UniqueFd slave;
};

// A client: what came so far.
struct Reader {
    explicit Reader(std::vector<UniqueFd> ends) : fd(std::move(ends.front())) {
        if (ends.size() > 1) keys = std::move(ends[1]);
    }
    const std::string& all() {
        char bytes[65536];
        for (ssize_t n = 0; (n = ::recv(fd.get(), bytes, sizeof bytes, MSG_DONTWAIT)) >= 0;) {
            if (n == 0) ended = true;
            if (n == 0) break;
            text.append(bytes, static_cast<std::size_t>(n));
        }
        return text;
    }
    UniqueFd fd;
    UniqueFd keys;
    std::string text;
    bool ended = false;
};

inline std::string typed_into(const UniqueFd& slave) {
    char bytes[4096];
    const ssize_t n = ::read(slave.get(), bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

// A stage with a terminal, on which a script runs.
class Stage {
public:
    explicit Stage(proto::TerminalSize size = {24, 80}) { start(size); }
    void start(proto::TerminalSize size = {24, 80}) {
        terminal = std::make_shared<Terminal>(context.get_executor(),
                                              Terminal::Files{folder / "log", folder / "intake"}, size);
    }
    void play(std::function<boost::asio::awaitable<void>()> script) {
        std::exception_ptr failed;
        auto whole = [&]() -> boost::asio::awaitable<void> {
            try {
                co_await script();
            } catch (...) {
                failed = std::current_exception();
            }
            tasks.cancel();
            co_await tasks.join();
            if (terminal) co_await terminal->let_go();
        };
        test::run(context, whole());
        if (failed) std::rethrow_exception(failed);
    }
    std::shared_ptr<Viewer> attach(proto::TerminalSize size, Onto onto = Onto::nothing) {
        auto viewer = terminal->attach(size, onto);
        tasks.spawn(viewer->read());
        tasks.spawn(viewer->watch());
        tasks.spawn(viewer->write());
        return viewer;
    }
    // What the program printed and the log has.
    std::int64_t logged_bytes() const {
        std::int64_t bytes = 0;
        for (const auto& part : OutputLog::open_parts(folder / "log")) bytes += part.size;
        return bytes;
    }
    template <class Condition>
    boost::asio::awaitable<void> until(Condition condition) {
        boost::asio::steady_timer pause(context);
        const auto deadline = Clock::now() + std::chrono::seconds(60);
        while (!condition()) {
            REQUIRE(Clock::now() < deadline);
            pause.expires_after(std::chrono::milliseconds(1));
            co_await pause.async_wait(boost::asio::use_awaitable);
        }
    }

    const test::TempFolder folder;
    boost::asio::io_context context;
    TaskGroup tasks{context.get_executor(), log_unless_cancelled};
    std::shared_ptr<Terminal> terminal;
};

inline void send(const Reader& reader, std::string_view keys) {
    REQUIRE(::write(reader.keys.get(), keys.data(), keys.size()) == std::ssize(keys));
}

}  // namespace isag::terminal
