// SPDX-License-Identifier: Apache-2.0
#include "client/forward/host_dial.hpp"
#include "client/dial.hpp"
#include "client/forward/endpoint_text.hpp"
#include "client/forward/host_addresses.hpp"
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "common/in_thread.hpp"
#include "common/link_free_path.hpp"
#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <sys/socket.h>
#include <vector>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::chrono::seconds patience_for_one{10};
constexpr std::size_t most_addresses = 8;

asio::awaitable<void> finish_connect(Stream& stream) {
    co_await wait_for(stream, Stream::wait_write);
    if (const int error = connect_outcome(stream.native_handle())) throw errno_error("cannot connect", error);
}

asio::awaitable<Stream> dial_address(HostAddress address) {
    UniqueFd socket(::socket(address.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) throw errno_error("cannot make a socket", errno);
    const int started = ::connect(socket.get(), address.data(), address.size());
    if (started != 0 && errno != EINPROGRESS) throw errno_error("cannot connect", errno);
    Stream stream(co_await asio::this_coro::executor, socket.release());
    if (started != 0) {
        auto connecting = finish_connect(stream);
        co_await with_deadline(std::move(connecting), patience_for_one, "to connect");
    }
    keep_alive(stream.native_handle());
    co_return std::move(stream);
}

asio::awaitable<std::vector<HostAddress>> find_addresses(proto::Endpoint to) {
    auto literal = literal_address(to);
    if (!literal.empty()) co_return std::move(literal);
    std::function<std::vector<HostAddress>()> work = [to] { return addresses_to_dial(to); };
    co_return co_await in_thread(std::move(work));
}

// The agent may have put a link, to an engine's socket say, where the person saw a socket of theirs: none that anybody
// but root could have made is followed, and what was opened is what is dialled.
asio::awaitable<Stream> dial_path(proto::Endpoint to) {
    auto there = open_link_free(to.path);
    if (!there) throw Error(there.error());
    auto socket = isag::dial(path_of(there->fd.get()), SOCK_NONBLOCK);
    if (!socket) throw Error(endpoint_text(to) + ": nobody listens there");
    Stream stream(co_await asio::this_coro::executor, socket->release());
    co_return std::move(stream);
}

asio::awaitable<Stream> dial_all(proto::Endpoint to) {
    auto addresses = co_await find_addresses(to);
    if (addresses.size() > most_addresses) addresses.erase(addresses.begin() + most_addresses, addresses.end());
    std::optional<Error> failed;
    for (const auto& address : addresses) {
        auto dialling = dial_address(address);
        try {
            co_return co_await std::move(dialling);
        } catch (const Error& error) {
            failed = error;
        }
    }
    if (!failed) throw Error(endpoint_text(to) + " has no address");
    throw failed->within(endpoint_text(to));
}

}  // namespace

asio::awaitable<Stream> dial_host(proto::Endpoint to) {
    if (!to.path.empty()) return dial_path(std::move(to));
    return dial_all(std::move(to));
}

}  // namespace isag::forward
