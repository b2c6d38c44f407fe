// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/first_look.hpp"
#include "common/error.hpp"
#include "daemon/gate/client_hello.hpp"
#include "daemon/gate/limit.hpp"
#include <cerrno>
#include <chrono>
#include <optional>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::gate {
namespace {

constexpr auto silence = 60s;
constexpr auto patience = 5s;
constexpr auto goodbye = 1s;
constexpr std::size_t most_held = 96 << 10;  // a ClientHello of 64 KiB, and its records' heads
constexpr std::size_t most_drained = 256 << 10;

enum class Heard { bytes, end, nothing };  // the client is gone, or the wait was cancelled

asio::awaitable<Heard> hear(Stream& client, std::string& into) {
    static thread_local char piece[4096];  // not in the frame, which may wait for hours; empty while it does
    for (;;) {
        const ssize_t n = ::recv(client.native_handle(), piece, sizeof piece, 0);
        if (n > 0) into.append(piece, static_cast<std::size_t>(n));
        if (n >= 0) co_return n > 0 ? Heard::bytes : Heard::end;
        if (errno != EAGAIN && errno != EINTR) co_return Heard::nothing;
        if (!co_await is_ready(client, Stream::wait_read)) co_return Heard::nothing;
    }
}

void refuse(FirstLook& look, std::string why) {
    look.claims = look.kind;
    look.kind = FirstBytes::refused;
    look.why = std::move(why);
}

asio::awaitable<void> check_hello(Stream& client, const std::string& name, ClientHelloReader reader, FirstLook& look) {
    std::string piece = look.held;
    while (reader.feed(piece) == ClientHelloReader::State::more) {
        if (look.held.size() > most_held) co_return refuse(look, "the ClientHello comes in too many records");
        piece.clear();
        if (!co_await receive(client, piece)) co_return refuse(look, "it ended within the ClientHello");
        look.held += piece;
    }
    if (reader.state() == ClientHelloReader::State::refused) co_return refuse(look, reader.why());
    if (reader.server_name() != name) refuse(look, "the ClientHello is for " + reader.server_name() + ", not " + name);
    look.behind = reader.unread();
}

asio::awaitable<void> check_host(Stream& client, FirstLook& look) {
    std::string piece = std::move(look.held);
    look.held.clear();
    while (look.request->feed(piece) == HostHeadReader::State::more) {
        piece.clear();
        if (!co_await receive(client, piece)) co_return refuse(look, "it ended within the request's head");
    }
    if (look.request->state() == HostHeadReader::State::refused) refuse(look, look.request->why());
}

// Waits until it is clear what the bytes can only be.
asio::awaitable<FirstBytes> tell_apart(Stream& client, std::uint16_t port, std::string& held) {
    FirstBytes kind = classify(held, port);
    while (kind == FirstBytes::more) {
        const bool more = co_await receive(client, held);
        kind = classify(held, port);
        if (more) continue;
        // Some servers take an end for the end of a line.
        const std::string line = held + "\n";
        kind = classify(line, port);
        if (kind == FirstBytes::more) kind = port == 443 ? FirstBytes::refused : FirstBytes::raw;
    }
    co_return kind;
}

asio::awaitable<void> look_further(Stream& client, const std::string& name, std::uint16_t port, FirstLook& look) {
    look.kind = co_await tell_apart(client, port, look.held);
    if (look.kind == FirstBytes::tls) {
        co_await check_hello(client, name, ClientHelloReader(), look);
    } else if (look.kind == FirstBytes::http) {
        look.request = std::make_unique<HostHeadReader>(name, port);
        co_await check_host(client, look);
    } else if (look.kind == FirstBytes::refused) {
        look.why = "only TLS and SSH pass on port 443";
    }
}

// Does that part of the look where it is its turn, for as long as `patience` lasts.
asio::awaitable<void> look_in_time(Stream& client, LookTurn& turn, std::size_t most_looking, FirstLook& look,
                                   asio::awaitable<void> work, const char* what) {
    if (!turn.enter(most_looking)) co_return refuse(look, "too many connections are in their first bytes");
    Limit limit(client, patience);
    try {
        co_await std::move(work);
    } catch (const boost::system::system_error&) {
        if (!limit.passed()) throw;
        refuse(look, std::string(what) + " not whole after five seconds");
    }
}

asio::awaitable<void> drain(Stream& client) {
    std::string piece;
    for (std::size_t size = 0; size < most_drained; size += piece.size()) {
        piece.clear();
        if (!co_await receive(client, piece)) co_return;
    }
}

}  // namespace

const char* FirstLook::protocol() const {
    const FirstBytes what = kind == FirstBytes::refused ? claims : kind;
    return what == FirstBytes::tls ? "tls" : what == FirstBytes::http ? "http" : "tcp";
}

bool LookTurn::enter(std::size_t most) {
    if (count_ >= most) return false;
    ++count_;
    return in_ = true;
}

void LookTurn::leave() {
    if (in_) --count_;
    in_ = false;
}

asio::awaitable<bool> receive(Stream& client, std::string& into) {
    const Heard heard = co_await hear(client, into);
    if (heard == Heard::nothing) throw boost::system::system_error(asio::error::operation_aborted);
    co_return heard == Heard::bytes;
}

asio::awaitable<FirstLook> look_at(Stream& client, std::string name, std::uint16_t port, Speaker& first, LookTurn& turn,
                                   std::size_t most_looking) {
    FirstLook look;
    const bool client_first = client_speaks_first(port);
    {
        std::optional<Limit> limit;
        if (client_first) limit.emplace(client, silence);
        const Heard heard = co_await hear(client, look.held);
        look.ended = heard == Heard::end;
        look.gone = heard == Heard::nothing || (look.ended && client_first);
    }
    if (look.gone) co_return std::move(look);
    if (first == Speaker::nobody) first = Speaker::client;
    if (look.ended || (first == Speaker::server && !client_first)) co_return std::move(look);
    auto work = look_further(client, name, port, look);
    co_await look_in_time(client, turn, most_looking, look, std::move(work), "its first bytes are");
    co_return std::move(look);
}

asio::awaitable<FirstLook> look_again(Stream& client, std::string name, std::string held, LookTurn& turn,
                                      std::size_t most_looking) {
    FirstLook look;
    look.kind = FirstBytes::tls;
    look.held = std::move(held);
    auto work = check_hello(client, name, ClientHelloReader(ClientHelloReader::Turn::second), look);
    co_await look_in_time(client, turn, most_looking, look, std::move(work), "its second ClientHello is");
    co_return std::move(look);
}

asio::awaitable<void> say_last(Stream& client, std::string answer) {
    // What does not fit into an untouched socket's buffer is not worth waiting for.
    if (::send(client.native_handle(), answer.data(), answer.size(), MSG_NOSIGNAL) < 0) co_return;
    ::shutdown(client.native_handle(), SHUT_WR);
    const Limit limit(client, goodbye);
    try {
        co_await drain(client);
    } catch (const boost::system::system_error&) {
        if (!limit.passed()) throw;
    }
}

}  // namespace isag::gate
