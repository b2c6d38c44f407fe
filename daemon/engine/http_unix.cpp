// SPDX-License-Identifier: Apache-2.0
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "daemon/engine/http.hpp"
#include <array>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/chunk_encode.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <fcntl.h>
#include <list>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace isag::engine {
namespace {

using Socket = asio::local::stream_protocol::socket;
constexpr std::uint64_t max_response = 64 << 20;
constexpr std::size_t max_idle = 8;

struct Connection {
    explicit Connection(const asio::any_io_executor& executor) : socket(executor) {}
    Socket socket;
    boost::beast::flat_buffer buffer;
};
using ConnectionPtr = std::unique_ptr<Connection>;

// A kept connection that the engine has closed meanwhile reads as its end.
bool is_open(Socket& socket) {
    char byte;
    const ssize_t n = ::recv(socket.native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return n < 0 && errno == EAGAIN;
}

template <class Message>
void set_head(Message& head, const HttpRequest& request, const std::string& prefix) {
    head.method_string(request.method);
    head.target(prefix + request.target);
    head.version(11);
    head.set(http::field::host, "isag");
    head.set(http::field::user_agent, "isag");
    if (!request.content_type.empty()) head.set(http::field::content_type, request.content_type);
}

class UnixHttp final : public Http {
public:
    UnixHttp(std::string path, std::string prefix) : path_(std::move(path)), prefix_(std::move(prefix)) {}

    asio::awaitable<HttpResponse> send(HttpRequest request, std::chrono::seconds limit) override {
        const std::string what = "the engine's answer to " + request.method + " " + request.target;
        auto exchanged = exchange(std::move(request), nullptr);
        co_return co_await with_deadline(std::move(exchanged), limit, what);
    }

    asio::awaitable<HttpResponse> stream(HttpRequest request, OnBytes on_bytes) override {
        return exchange(std::move(request), std::move(on_bytes));
    }

private:
    [[noreturn]] void throw_unreachable(const error_code& ec) const {
        if (ec == asio::error::operation_aborted) throw boost::system::system_error(ec);
        if (ec == asio::error::access_denied)
            throw Error("no permission to talk to the container engine at " + path_,
                        "join its group (sudo usermod -aG docker $USER, then log in again) or run the engine rootless");
        if (ec.category() == http::make_error_code(http::error::bad_version).category() &&
            ec != http::error::end_of_stream && ec != http::error::partial_message)
            throw Error("what listens at " + path_ + " is no container engine: it does not speak HTTP",
                        "check DOCKER_HOST");
        throw Error("the container engine at " + path_ + " does not answer: " + ec.message(),
                    "start it (sudo systemctl start docker) and try again");
    }

    asio::awaitable<ConnectionPtr> connect() {
        while (!idle_.empty()) {
            ConnectionPtr kept = std::move(idle_.back());
            idle_.pop_back();
            if (is_open(kept->socket)) co_return kept;
        }
        auto fresh = std::make_unique<Connection>(co_await asio::this_coro::executor);
        error_code ec;
        const asio::local::stream_protocol::endpoint endpoint(path_);
        co_await fresh->socket.async_connect(endpoint, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) throw_unreachable(ec);
        co_return fresh;
    }

    asio::awaitable<void> write(Connection& connection, const HttpRequest& request) {
        error_code ec;
        if (request.upload) {
            co_await write_chunked(connection, request);
            co_return;
        }
        http::request<http::string_body> message;
        set_head(message, request, prefix_);
        message.body() = request.body;
        message.prepare_payload();
        co_await http::async_write(connection.socket, message, asio::redirect_error(asio::use_awaitable, ec));
        refuse_unless_answered(ec);
    }

    // The engine may answer and close before it has read all of a large body: then the answer says why.
    void refuse_unless_answered(const error_code& ec) const {
        if (ec && ec != asio::error::broken_pipe && ec != asio::error::connection_reset) throw_unreachable(ec);
    }

    asio::awaitable<void> write_chunked(Connection& connection, const HttpRequest& request) {
        http::request<http::empty_body> head;
        set_head(head, request, prefix_);
        head.chunked(true);
        http::request_serializer<http::empty_body> serializer(head);
        error_code ec;
        co_await http::async_write_header(connection.socket, serializer, asio::redirect_error(asio::use_awaitable, ec));
        asio::posix::stream_descriptor source(connection.socket.get_executor(), request.upload->duplicate().release());
        std::array<char, 65536> bytes;
        while (!ec) {
            const std::size_t n =
                co_await source.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
            if (ec == asio::error::eof) break;
            if (ec) throw_unreachable(ec);
            const auto chunk = http::make_chunk(asio::buffer(bytes.data(), n));
            co_await asio::async_write(connection.socket, chunk, asio::redirect_error(asio::use_awaitable, ec));
        }
        if (ec != asio::error::eof) co_return refuse_unless_answered(ec);
        const auto last = http::make_chunk_last();
        co_await asio::async_write(connection.socket, last, asio::redirect_error(asio::use_awaitable, ec));
        refuse_unless_answered(ec);
    }

    asio::awaitable<HttpResponse> exchange(HttpRequest request, OnBytes on_bytes) {
        ConnectionPtr connection = co_await connect();
        co_await write(*connection, request);
        http::response_parser<http::buffer_body> parser;
        parser.body_limit(boost::none);
        error_code ec;
        co_await http::async_read_header(connection->socket, connection->buffer, parser,
                                         asio::redirect_error(asio::use_awaitable, ec));
        if (ec) throw_unreachable(ec);
        HttpResponse response{static_cast<int>(parser.get().result_int()), {}};
        const bool streamed = on_bytes && response.status < 400;
        std::array<char, 65536> bytes;
        while (!parser.is_done()) {
            parser.get().body().data = bytes.data();
            parser.get().body().size = bytes.size();
            co_await http::async_read_some(connection->socket, connection->buffer, parser,
                                           asio::redirect_error(asio::use_awaitable, ec));
            if (ec && ec != http::error::need_buffer) throw_unreachable(ec);
            const std::string_view got(bytes.data(), bytes.size() - parser.get().body().size);
            if (streamed)
                on_bytes(got);
            else
                response.body += got;
            if (response.body.size() > max_response) throw Error("the engine's answer is too large");
        }
        if (parser.keep_alive() && idle_.size() < max_idle) idle_.push_back(std::move(connection));
        co_return response;
    }

    std::string path_;
    std::string prefix_;
    std::list<ConnectionPtr> idle_;
};

}  // namespace

std::unique_ptr<Http> make_unix_http(std::string socket_path, std::string prefix) {
    return std::make_unique<UnixHttp>(std::move(socket_path), std::move(prefix));
}

}  // namespace isag::engine
