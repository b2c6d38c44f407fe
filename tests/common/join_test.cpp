// SPDX-License-Identifier: Apache-2.0
#include "common/join.hpp"
#include "common/stream.hpp"
#include "common/task_group.hpp"
#include "common/unique_fd.hpp"
#include <arpa/inet.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <future>
#include <netinet/in.h>
#include <poll.h>
#include <random>
#include <string>
#include <sys/socket.h>
#include <sys/time.h>
#include <thread>

namespace asio = boost::asio;
using namespace isag;

namespace {

constexpr std::chrono::seconds join_patience{20};

struct TcpPair {
    UniqueFd one, other;
};

TcpPair tcp_pair() {
    const UniqueFd listener(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    REQUIRE(::bind(listener.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(listener.get(), 1) == 0);
    REQUIRE(::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    TcpPair out;
    out.one.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(out.one.get(), reinterpret_cast<sockaddr*>(&at), sizeof at) == 0);
    out.other.reset(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    REQUIRE(out.other);
    const timeval limit{join_patience.count(), 0};
    for (const auto* end : {&out.one, &out.other}) {
        ::setsockopt(end->get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setsockopt(end->get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
    }
    return out;
}

// near ── join() ── far, in a thread of its own.
class Joining {
public:
    explicit Joining(std::size_t most_pipes = 2) {
        room_.pipes.set_most_lent(most_pipes);
        ::signal(SIGPIPE, SIG_IGN);  // splice(2) has no flag against it
        TcpPair left = tcp_pair();
        TcpPair right = tcp_pair();
        near = std::move(left.one);
        far = std::move(right.one);
        tasks_.spawn(run(std::move(left.other), std::move(right.other)));
        thread_ = std::thread([this] { context_.run(); });
    }
    ~Joining() {
        cancel();
        thread_.join();
    }
    void cancel() {
        asio::post(context_, [this] { tasks_.cancel(); });
    }
    bool returns() { return returned_.wait_for(join_patience) == std::future_status::ready; }
    bool has_returned() { return returned_.wait_for(std::chrono::seconds(0)) == std::future_status::ready; }

    UniqueFd near, far;

private:
    asio::awaitable<void> run(UniqueFd left, UniqueFd right) {
        for (const auto* end : {&left, &right}) set_nonblocking(*end, true);
        Stream one(context_.get_executor(), left.release());
        Stream other(context_.get_executor(), right.release());
        co_await join(std::move(one), std::move(other), room_);
        done_.set_value();
    }

    asio::io_context context_{1};
    FlowRoom room_;
    std::promise<void> done_;
    std::future<void> returned_ = done_.get_future();
    TaskGroup tasks_{context_.get_executor(), [](std::exception_ptr) {}};
    std::thread thread_;
};

void tell(const UniqueFd& to, std::string_view text) {
    while (!text.empty()) {
        const ssize_t n = ::send(to.get(), text.data(), text.size(), MSG_NOSIGNAL);
        REQUIRE_MESSAGE(n > 0, std::strerror(errno));
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

std::string take_exactly(const UniqueFd& from, std::size_t size) {
    std::string out(size, '\0');
    for (std::size_t have = 0; have < size;) {
        const ssize_t n = ::recv(from.get(), out.data() + have, size - have, 0);
        REQUIRE_MESSAGE(n > 0, "after " << have << " bytes: " << (n == 0 ? "the end" : std::strerror(errno)));
        have += static_cast<std::size_t>(n);
    }
    return out;
}

// 0 at the end, else errno; what comes before is thrown away.
int how_it_ends(const UniqueFd& from) {
    char piece[65536];
    ssize_t n = 0;
    do n = ::recv(from.get(), piece, sizeof piece, 0);
    while (n > 0);
    return n == 0 ? 0 : errno;
}

void break_off(UniqueFd& end) {
    reset_on_close(end.get());
    end.reset();
}

// Sends the bytes in pieces of random sizes, and its end.
void send_in_pieces(const UniqueFd& to, std::string_view bytes, unsigned seed) {
    std::mt19937 random(seed);
    while (!bytes.empty()) {
        const std::size_t most = random() % 3 == 0 ? 200000 : 3000;
        const std::size_t size = std::min<std::size_t>(bytes.size(), 1 + random() % most);
        tell(to, bytes.substr(0, size));
        bytes.remove_prefix(size);
    }
    ::shutdown(to.get(), SHUT_WR);
}

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string out(size, '\0');
    for (char& byte : out) byte = static_cast<char>(random());
    return out;
}

}  // namespace

TEST_CASE("join: an end is passed on, and the other direction goes on without it") {
    for (const bool near_first : {true, false}) {
        Joining joining;
        const UniqueFd& first = near_first ? joining.near : joining.far;
        const UniqueFd& second = near_first ? joining.far : joining.near;
        tell(first, "question");
        ::shutdown(first.get(), SHUT_WR);
        CHECK(take_exactly(second, 8) == "question");
        CHECK(how_it_ends(second) == 0);
        CHECK(!joining.has_returned());
        const std::string answer = random_bytes(300000, 1);
        std::thread writer([&] { tell(second, answer); });
        CHECK(take_exactly(first, answer.size()) == answer);
        writer.join();
        ::shutdown(second.get(), SHUT_WR);
        CHECK(how_it_ends(first) == 0);
        CHECK(joining.returns());
    }
}

TEST_CASE("join: a reset on one side is a reset on the other") {
    for (const bool near_first : {true, false}) {
        Joining joining;
        UniqueFd& first = near_first ? joining.near : joining.far;
        const UniqueFd& second = near_first ? joining.far : joining.near;
        tell(first, "x");
        CHECK(take_exactly(second, 1) == "x");
        break_off(first);
        CHECK(how_it_ends(second) == ECONNRESET);
        CHECK(joining.returns());
    }
}

TEST_CASE("join: who sent its end and then breaks off is noticed while nothing is sent") {
    Joining joining;
    ::shutdown(joining.near.get(), SHUT_WR);
    CHECK(how_it_ends(joining.far) == 0);
    break_off(joining.near);
    CHECK(joining.returns());
    char byte = 0;
    CHECK(::recv(joining.far.get(), &byte, 1, 0) <= 0);
    CHECK(::send(joining.far.get(), "x", 1, MSG_NOSIGNAL) == -1);
}

TEST_CASE("join: who does not read holds the sender back, and gets every byte when it does") {
    Joining joining;
    set_nonblocking(joining.near, true);
    const std::string piece = random_bytes(65536, 2);
    std::string sent;
    for (;;) {
        pollfd writable{joining.near.get(), POLLOUT, 0};
        if (::poll(&writable, 1, 500) != 1) break;
        const ssize_t n = ::send(joining.near.get(), piece.data(), piece.size(), MSG_NOSIGNAL);
        if (n > 0) sent.append(piece, 0, static_cast<std::size_t>(n));
        REQUIRE(sent.size() < std::size_t{64} << 20);
    }
    CHECK(sent.size() > 65536);
    ::shutdown(joining.near.get(), SHUT_WR);
    CHECK(take_exactly(joining.far, sent.size()) == sent);
    CHECK(how_it_ends(joining.far) == 0);
}

TEST_CASE("join: cancelled, both sides see a reset") {
    Joining joining;
    tell(joining.near, "x");
    CHECK(take_exactly(joining.far, 1) == "x");
    joining.cancel();
    CHECK(joining.returns());
    CHECK(how_it_ends(joining.near) == ECONNRESET);
    CHECK(how_it_ends(joining.far) == ECONNRESET);
}

TEST_CASE(
    "join: both directions at once are byte-exact, whatever the sizes of what is sent and however few the pipes") {
    for (const unsigned seed : {11U, 12U, 13U}) {
        Joining joining(seed - 11);
        const std::string there = random_bytes(6000000 + seed, seed);
        const std::string back = random_bytes(3000000 + seed, seed + 100);
        std::thread near_writer([&] { send_in_pieces(joining.near, there, seed); });
        std::thread far_writer([&] { send_in_pieces(joining.far, back, seed + 1); });
        std::string got_back;
        std::thread near_reader([&] { got_back = take_exactly(joining.near, back.size()); });
        const std::string got_there = take_exactly(joining.far, there.size());
        for (auto* thread : {&near_writer, &far_writer, &near_reader}) thread->join();
        CHECK(got_there == there);
        CHECK(got_back == back);
        CHECK(how_it_ends(joining.near) == 0);
        CHECK(how_it_ends(joining.far) == 0);
        CHECK(joining.returns());
    }
}
