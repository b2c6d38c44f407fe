// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/deadline.hpp"
#include "common/event.hpp"
#include "daemon/sandbox/init_link.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <termios.h>

namespace isag::test {

// A link whose init is this test: it has the expected pid.
struct LinkedInit {
    TempFolder folder;
    boost::asio::io_context context;
    std::filesystem::path socket = folder.path() / "init.sock";
    sandbox::InitLink link{context.get_executor(), socket};
    TaskGroup tasks{context.get_executor(), [this](std::exception_ptr) { ++failed; }};
    Event changed;
    int failed = 0;
    int lost = 0;
    std::vector<sandbox::InitLink::End> ended;

    LinkedInit() {
        link.on_ended([this](sandbox::InitLink::End end) {
            ended.push_back(std::move(end));
            changed.notify();
        });
        link.on_lost([this] {
            ++lost;
            changed.notify();
        });
    }
    std::shared_ptr<proto::Channel> dial() {
        boost::asio::local::stream_protocol::socket end(context);
        end.connect(boost::asio::local::stream_protocol::endpoint(socket.string()));
        return std::make_shared<proto::Channel>(std::move(end));
    }
    std::shared_ptr<proto::Channel> dial_ready() {
        auto channel = dial();
        channel->notify("ready", proto::to_json(proto::init::Ready{proto::protocol_version}));
        return channel;
    }
    boost::asio::awaitable<void> until(std::function<bool()> met) {
        const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
        while (!met())
            if (!co_await changed.wait_until(deadline)) throw std::runtime_error("it never happened");
    }
    // Runs the body beside the link, which is then stopped; everything is joined.
    boost::asio::awaitable<void> whole(boost::asio::awaitable<void> body) {
        tasks.spawn(link.run());
        std::exception_ptr error;
        try {
            co_await std::move(body);
        } catch (...) {
            error = std::current_exception();
        }
        link.stop();
        auto joined = tasks.join();
        co_await with_deadline(std::move(joined), std::chrono::seconds(10), "stopping the link");
        if (error) std::rethrow_exception(error);
    }
    void run(boost::asio::awaitable<void> body) { test::run(context, whole(std::move(body))); }
};

// u: a stream socket, U: one that listens, m: a terminal's master, s: its other end, r and w: the ends of a pipe, f: a
// FIFO with a name, n: /dev/null.
inline std::vector<UniqueFd> make_fds(const std::string& kinds, const std::filesystem::path& folder) {
    std::vector<UniqueFd> out;
    for (const char kind : kinds) {
        Pipe pipe = make_pipe();
        UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
        REQUIRE(::unlockpt(master.get()) == 0);
        if (kind == 'm') out.push_back(std::move(master));
        if (kind == 's') out.emplace_back(::ioctl(master.get(), TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC));
        if (kind == 'r') out.push_back(std::move(pipe.read));
        if (kind == 'w') out.push_back(std::move(pipe.write));
        if (kind == 'u' || kind == 'U') out.emplace_back(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (kind == 'U') {
            const sockaddr nameless{AF_UNIX, {}};  // unix(7), autobind
            REQUIRE(::bind(out.back().get(), &nameless, sizeof(sa_family_t)) == 0);
            REQUIRE(::listen(out.back().get(), 1) == 0);
        }
        if (kind == 'n') out.emplace_back(::open("/dev/null", O_RDWR | O_CLOEXEC));
        if (kind == 'f') {
            ::mkfifo((folder / "fifo").c_str(), 0600);
            out.emplace_back(::open((folder / "fifo").c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
        }
    }
    return out;
}

}  // namespace isag::test
