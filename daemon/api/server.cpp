// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/server.hpp"
#include "daemon/api/connection.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace asio = boost::asio;
using asio::local::stream_protocol;

namespace isag::api {

stream_protocol::acceptor listen_at(asio::any_io_executor executor, const std::filesystem::path& path) {
    if (path.string().size() >= sizeof(sockaddr_un::sun_path))
        throw Error("the socket's path is too long: " + path.string(), "set XDG_RUNTIME_DIR to a shorter one");
    ::unlink(path.c_str());
    stream_protocol::acceptor acceptor(executor);
    const stream_protocol::endpoint endpoint(path.string());
    boost::system::error_code ec;
    acceptor.open();
    const mode_t before = ::umask(0177);
    acceptor.bind(endpoint, ec);
    ::umask(before);
    if (!ec) acceptor.listen(64, ec);
    if (ec) throw Error("cannot listen at " + path.string() + ": " + ec.message());
    return acceptor;
}

asio::awaitable<void> accept_clients(Daemon& daemon, stream_protocol::acceptor& acceptor, TaskGroup& clients) {
    asio::steady_timer pause(acceptor.get_executor());
    for (;;) {
        boost::system::error_code ec;
        auto socket = co_await acceptor.async_accept(asio::redirect_error(asio::use_awaitable, ec));
        if (ec == asio::error::operation_aborted) co_return;
        if (ec) {  // out of descriptors, most likely: they come back
            spdlog::error("cannot accept a client: {}", ec.message());
            pause.expires_after(std::chrono::milliseconds(100));
            co_await pause.async_wait(asio::use_awaitable);
            continue;
        }
        clients.spawn(serve(daemon, std::move(socket)));
    }
}

}  // namespace isag::api
