// SPDX-License-Identifier: Apache-2.0
#include "proto/channel.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <nlohmann/json.hpp>
#include <sys/socket.h>

namespace asio = boost::asio;
using boost::system::error_code;

namespace isag::proto {
namespace {

constexpr std::size_t max_waiting = 8 << 20;

ucred credentials(int socket) {
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {0, static_cast<uid_t>(-1), 0};
    return peer;
}

}  // namespace

Channel::Channel(asio::local::stream_protocol::socket socket)
    : socket_(std::move(socket)), output_waits_(socket_.get_executor(), asio::steady_timer::time_point::max()) {}

asio::awaitable<std::optional<Incoming>> Channel::receive() {
    for (;;) {
        auto next = wire_.next();
        if (!next) throw Error(next.error());
        if (*next) co_return std::move(*next);
        error_code ec;
        co_await socket_.async_wait(socket_.wait_read, asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted && !closed_) throw boost::system::system_error(ec);
        if (ec || closed_) co_return std::nullopt;
        const auto got = wire_.read_some(socket_.native_handle()).value();
        if (got == Wire::Io::closed) co_return std::nullopt;
    }
}

void Channel::send(std::string line, std::vector<UniqueFd> fds) {
    if (closed_) return;
    wire_.queue(std::move(line), std::move(fds));
    if (wire_.output_bytes() > max_waiting) return close();
    wire_.flush(socket_.native_handle());  // a peer that is gone is noticed by receive()
    if (wire_.has_output()) output_waits_.cancel();
}

void Channel::notify(std::string_view method, const nlohmann::json& params) { send(notification_line(method, params)); }

asio::awaitable<void> Channel::write_loop() {
    while (!closed_) {
        error_code ec;
        if (!wire_.has_output()) {
            co_await output_waits_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
            continue;
        }
        co_await socket_.async_wait(socket_.wait_write, asio::redirect_error(asio::use_awaitable, ec));
        if (ec || closed_ || wire_.flush(socket_.native_handle()) == Wire::Io::closed) co_return;
    }
}

void Channel::close() {
    if (closed_) return;
    closed_ = true;
    error_code ignored;
    socket_.shutdown(socket_.shutdown_both, ignored);
    socket_.cancel(ignored);
    output_waits_.cancel();
}

pid_t Channel::peer_pid() const { return credentials(const_cast<Channel*>(this)->socket_.native_handle()).pid; }
uid_t Channel::peer_uid() const { return credentials(const_cast<Channel*>(this)->socket_.native_handle()).uid; }

}  // namespace isag::proto
