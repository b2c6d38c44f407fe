// SPDX-License-Identifier: Apache-2.0
#include "common/error.hpp"
#include "common/flow.hpp"
#include "common/task_group.hpp"
#include "daemon/gate/dns_answer.hpp"
#include "daemon/gate/dns_server.hpp"
#include "daemon/gate/dns_wire.hpp"
#include "daemon/gate/limit.hpp"
#include "daemon/gate/socket.hpp"
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::gate {
namespace {

constexpr std::size_t most_connections = 64;
constexpr std::size_t largest = 4096;  // bytes of a query
constexpr auto idle = 10s;

// Adds what is there to `into`; false at the end.
asio::awaitable<bool> receive(Stream& stream, std::string& into) {
    static thread_local char piece[1024];
    for (;;) {
        const ssize_t n = ::recv(stream.native_handle(), piece, sizeof piece, 0);
        if (n > 0) into.append(piece, static_cast<std::size_t>(n));
        if (n > 0) co_return true;
        if (n == 0 || (errno != EAGAIN && errno != EINTR)) co_return false;
        co_await wait_for(stream, Stream::wait_read);
    }
}

// The answers to the whole queries in `input`, which are taken out of it; nothing where it holds none that can be.
std::optional<std::string> answer_whole(Shared& shared, std::string& input) {
    std::string out;
    std::size_t at = 0;
    while (input.size() - at >= 2) {
        const auto size = static_cast<std::size_t>(static_cast<unsigned char>(input[at]) << 8 |
                                                   static_cast<unsigned char>(input[at + 1]));
        if (size > largest) return std::nullopt;
        if (input.size() - at - 2 < size) break;
        const std::string answer = answer_query(shared, std::string_view(input).substr(at + 2, size));
        if (answer.empty()) return std::nullopt;
        dns::put16(out, static_cast<std::uint32_t>(answer.size()));
        out += answer;
        at += 2 + size;
    }
    input.erase(0, at);
    return out;
}

asio::awaitable<bool> serve_once(Shared& shared, Stream& stream, std::string& input) {
    const bool has_received = co_await receive(stream, input);
    if (!has_received) co_return false;
    const auto answers = answer_whole(shared, input);
    if (!answers) co_return false;
    std::int64_t count = 0;
    co_return co_await write_all(stream, *answers, count);
}

struct Served {
    std::size_t open = 0;
};

asio::awaitable<void> serve(Shared& shared, UniqueFd socket, Served& served) {
    ++served.open;
    Stream stream(shared.executor, socket.release());
    std::string input;
    try {
        for (bool more = true; more;) {
            const Limit limit(stream, idle);
            more = co_await serve_once(shared, stream, input);
        }
    } catch (const std::exception&) {
        // Idle, gone or cancelled: it is over in any case.
    }
    close(stream);
    --served.open;
}

asio::awaitable<void> accept_all(Shared& shared, Stream& listener, TaskGroup& tasks, Served& served) {
    std::function<void(UniqueFd)> take = [&](UniqueFd socket) {
        if (served.open < most_connections) return tasks.spawn(serve(shared, std::move(socket), served));
        reset_on_close(socket.get());
        shared.events.refused(std::chrono::system_clock::now(), "dns", "tcp", 53, "more than 64 connections are open");
    };
    co_await accept_each(listener, std::move(take));
}

}  // namespace

asio::awaitable<void> serve_dns_tcp(Shared& shared, UniqueFd socket) {
    set_nonblocking(socket, true);
    Stream listener(shared.executor, socket.release());
    Served served;
    TaskGroup tasks(shared.executor, [](std::exception_ptr) {});
    std::exception_ptr end;
    try {
        co_await accept_all(shared, listener, tasks, served);
    } catch (...) {
        end = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    tasks.cancel();
    co_await tasks.join();
    std::rethrow_exception(end);
}

}  // namespace isag::gate
