// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dial.hpp"
#include "common/error.hpp"
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "daemon/gate/limit.hpp"
#include <cerrno>
#include <chrono>
#include <optional>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::gate {
namespace {

constexpr auto head_start = 500ms;
constexpr auto dial_patience = 10s;
constexpr std::size_t most_tried = 8;

asio::awaitable<Stream> connect_to(dns::Address address, std::uint16_t port, std::uint32_t mark) {
    UniqueFd socket = marked_socket(address.v6 ? AF_INET6 : AF_INET, SOCK_STREAM, mark);
    if (!start_connect(socket, socket_address(address, port))) throw errno_error("cannot connect", errno);
    Stream stream(co_await asio::this_coro::executor, socket.release());
    const Limit limit(stream, dial_patience);
    try {
        co_await wait_for(stream, Stream::wait_write);
    } catch (const boost::system::system_error&) {
        if (limit.passed()) throw Error("nobody answers");
        throw;
    }
    if (const int error = connect_outcome(stream.native_handle())) throw errno_error("cannot connect", error);
    keep_alive(stream.native_handle());  // set earlier, it would keep the kernel from ending the handshake for 40 ms
    co_return std::move(stream);
}

struct Race {
    std::optional<Stream> winner;
    std::size_t running = 0;
    std::string error;
    Event changed;
};

asio::awaitable<void> run(Race& race, dns::Address address, std::uint16_t port, std::uint32_t mark) {
    try {
        Stream stream = co_await connect_to(address, port, mark);
        if (!race.winner) race.winner = std::move(stream);
    } catch (const std::exception& error) {
        race.error = error.what();
    }
    --race.running;
    race.changed.notify();
}

asio::awaitable<void> start_all(Race& race, TaskGroup& group, const std::vector<dns::Address>& addresses,
                                std::uint16_t port, std::uint32_t mark) {
    const auto end = std::chrono::steady_clock::now() + dial_patience;
    for (std::size_t i = 0; i < addresses.size() && i < most_tried; ++i) {
        ++race.running;
        group.spawn(run(race, addresses[i], port, mark));
        const auto next = std::chrono::steady_clock::now() + head_start;
        while (race.running != 0 && !race.winner && co_await race.changed.wait_until(next)) {
        }
        if (race.winner) co_return;
    }
    while (race.running != 0 && !race.winner && co_await race.changed.wait_until(end)) {
    }
}

asio::awaitable<Stream> race_all(std::vector<dns::Address> addresses, std::uint16_t port, std::uint32_t mark) {
    Race race;
    TaskGroup group(co_await asio::this_coro::executor, [](std::exception_ptr) {});
    std::exception_ptr cancelled;
    try {
        co_await start_all(race, group, addresses, port, mark);
    } catch (...) {
        cancelled = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    group.cancel();
    co_await group.join();
    if (cancelled) std::rethrow_exception(cancelled);
    if (!race.winner) throw Error(race.error.empty() ? "no address answers" : race.error);
    co_return std::move(*race.winner);
}

}  // namespace

asio::awaitable<Stream> dial(std::vector<dns::Address> addresses, std::uint16_t port, std::uint32_t mark) {
    if (addresses.empty()) throw Error("there is no address");
    if (addresses.size() > 1) co_return co_await race_all(std::move(addresses), port, mark);
    co_return co_await connect_to(addresses.front(), port, mark);
}

}  // namespace isag::gate
