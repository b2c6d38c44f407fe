// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/connection.hpp"
#include "common/error.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/admission.hpp"
#include "daemon/gate/chunked_body.hpp"
#include "daemon/gate/client_hello.hpp"
#include "daemon/gate/dial.hpp"
#include "daemon/gate/page_answer.hpp"
#include <chrono>
#include <utility>

namespace asio = boost::asio;
namespace isag::gate {
Connection::Connection(RelayRoom& room, UniqueFd client, std::string name, std::uint16_t port, bool by_address)
    : room_(room),
      client_(room.shared.executor),
      server_(room.shared.executor),
      name_(std::move(name)),
      port_(port),
      by_address_(by_address) {
    client_.assign(client.get());  // which may throw
    client.release();
    reset_on_close(client_.native_handle());  // a worker that dies is no end in good order
    ++room_.living;
}

Connection::~Connection() { --room_.living; }

bool Connection::is_own() const { return !by_address_ && name_ == proto::gate::own_name; }

asio::awaitable<void> Connection::run_client(Pointer self) {
    try {
        // Not by ?:, whose chosen awaitable g++ 12 destroys twice.
        if (self->is_own())
            co_await self->serve_page();
        else
            co_await self->serve_client();
    } catch (const std::exception&) {
        self->reset();  // what failed is the connection
    }
}

asio::awaitable<void> Connection::run_server(Pointer self) {
    try {
        if (!self->closed_) co_await self->serve_server();
    } catch (const std::exception&) {
        if (!self->refusing_) self->reset();
    }
}

asio::awaitable<void> Connection::serve_client() {
    FirstLook look;
    if (!by_address_) {
        LookTurn turn(room_.looking);
        look = co_await look_at(client_, name_, port_, first_, turn, Relays::most_looking);
        if (look.gone) co_return reset();
        if (look.kind == FirstBytes::refused) co_return co_await refuse(std::move(look));
    }
    note_allowed(look.protocol());
    if (!co_await is_connected()) co_return;
    const FlowEnd end = co_await send_on(std::move(look));
    co_await finish(end, client_, server_);
}

asio::awaitable<void> Connection::serve_server() {
    std::vector<dns::Address> addresses;
    if (by_address_)
        addresses.push_back(parse_address(name_).value());
    else
        addresses = co_await room_.resolver.resolve(name_);
    if (closed_ || refusing_) co_return;  // it may be forbidden by now: not even a first packet leaves
    if (!by_address_) {
        const bool allow_private = admit(room_.shared, name_, port_).allow_private;
        if (const auto why = refuse_answer(room_.shared, addresses, allow_private)) {
            room_.shared.events.refused(EventLog::now(), "tcp", name_, port_, *why);
            co_return reset();
        }
    }
    Stream stream = co_await dial(std::move(addresses), port_, room_.shared.mark);
    if (closed_ || refusing_) co_return;
    server_ = std::move(stream);
    reset_on_close(server_.native_handle());
    dialled_ = true;
    changed_.notify();
    Flow flow{server_, client_, room_.shared.bytes_received, room_.pumps};
    flow.watch = [this](std::string_view bytes) { return watch_answer(bytes); };
    const FlowEnd end = co_await pump(std::move(flow));
    if (refusing_) co_return;
    if (upgrade_ == Upgrade::asked) upgrade_ = Upgrade::denied;
    server_ended_ = true;
    changed_.notify();
    co_await finish(end, server_, client_);
}

asio::awaitable<bool> Connection::is_connected() {
    while (!dialled_ && !closed_) co_await changed_.wait();
    co_return !closed_;
}

asio::awaitable<FlowEnd> Connection::send_on(FirstLook look) {
    Flow flow{client_, server_, room_.shared.bytes_sent, room_.pumps};
    if (look.request) co_return co_await send_request(std::move(look), std::move(flow));
    if (look.kind == FirstBytes::tls && !co_await send_hello(look, flow.count)) co_return FlowEnd::failed;
    settled_ = true;
    const bool sent = co_await write_all(server_, look.held, flow.count);
    if (!sent) co_return FlowEnd::failed;
    look.held = std::string();
    if (look.ended) co_return FlowEnd::closed;
    co_return co_await pump(std::move(flow));
}

// Until the server's first bytes say whether it wants a second ClientHello.
asio::awaitable<bool> Connection::hears_of_retry() {
    using State = ServerHelloReader::State;
    while (server_hello_->state() == State::more && !server_ended_ && !closed_) co_await changed_.wait();
    co_return server_hello_->state() == State::retry;
}

// Leaves in `look` what follows the ClientHello; that waits until it can't be another one, or is one that fits as well
// (security.md N3). False where the connection is over.
asio::awaitable<bool> Connection::send_hello(FirstLook& look, std::int64_t& count) {
    server_hello_.emplace();
    const auto hello = std::string_view(look.held).substr(0, look.held.size() - look.behind);
    const bool sent = co_await write_all(server_, hello, count);
    if (!sent) co_return false;
    look.held.erase(0, hello.size());
    // Reading, it is seen where the client goes away; most say nothing before the server has answered.
    if (look.held.empty() && !look.ended) look.ended = !co_await receive(client_, look.held);
    if (look.ended && look.held.empty()) co_return true;
    if (co_await hears_of_retry()) {
        LookTurn turn(room_.looking);
        look = co_await look_again(client_, name_, std::move(look.held), turn, Relays::most_looking);
        if (look.kind == FirstBytes::refused) co_await refuse(std::move(look));
    }
    co_return !closed_;
}

// One request: what follows its body goes nowhere.
asio::awaitable<FlowEnd> Connection::send_request(FirstLook look, Flow flow) {
    const HostHeadReader& request = *look.request;
    if (request.upgrades()) upgrade_ = Upgrade::asked;
    settled_ = !request.upgrades();
    if (!co_await write_all(server_, request.head(), flow.count)) co_return FlowEnd::failed;
    while (upgrade_ == Upgrade::asked && !closed_) co_await changed_.wait();
    const bool raw = upgrade_ == Upgrade::granted;
    if (!raw && !request.body()) {
        std::string first = request.rest();
        look.request.reset();
        co_return co_await send_chunks(std::move(first), std::move(flow));
    }
    const std::uint64_t left = raw ? UINT64_MAX : request.body().value();
    const auto rest = std::string_view(request.rest()).substr(0, left);
    if (!co_await write_all(server_, rest, flow.count)) co_return FlowEnd::failed;
    if (raw) {
        look.request.reset();
        co_return co_await pump(std::move(flow));
    }
    const std::uint64_t to_come = left - rest.size();
    look.request.reset();
    Flow body = flow;
    if (to_come != 0) {
        const FlowEnd end = co_await pump_exactly(std::move(body), to_come);
        if (end == FlowEnd::failed) co_return end;
    }
    co_return co_await discard(std::move(flow));
}

// Servers that pass over "Connection: close" would take what follows the last chunk for a request that nobody checked.
asio::awaitable<FlowEnd> Connection::send_chunks(std::string first, Flow flow) {
    ChunkedBody body;
    std::string passed;
    while (body.feed(first, passed) == ChunkedBody::State::more) {
        if (!co_await write_all(server_, passed, flow.count)) co_return FlowEnd::failed;
        passed.clear();
        first.clear();
        if (!co_await receive(client_, first)) co_return FlowEnd::closed;
    }
    if (body.state() == ChunkedBody::State::refused) {
        room_.shared.events.refused(EventLog::now(), "http", name_, port_, ChunkedBody::why);
        co_return FlowEnd::failed;
    }
    if (!co_await write_all(server_, passed, flow.count)) co_return FlowEnd::failed;
    co_return co_await discard(std::move(flow));
}

// "HTTP/1.1 101 Switching Protocols" (RFC 6455, 4.2.2); returns whether it wants to see more.
bool Connection::watch_answer(std::string_view bytes) {
    if (first_ == Speaker::nobody) first_ = Speaker::server;
    if (first_ == Speaker::server && !client_speaks_first(port_)) return false;
    if (server_hello_) {
        const bool more = server_hello_->feed(bytes) == ServerHelloReader::State::more;
        if (!more) changed_.notify();
        return more;
    }
    constexpr std::string_view switching = "HTTP/1.1 101 ";
    if (upgrade_ != Upgrade::asked) return !settled_ && upgrade_ == Upgrade::none;
    status_ += bytes.substr(0, switching.size() - status_.size());
    if (!switching.starts_with(status_)) upgrade_ = Upgrade::denied;
    if (status_ == switching) upgrade_ = Upgrade::granted;
    if (upgrade_ == Upgrade::asked) return true;
    changed_.notify();
    return false;
}

asio::awaitable<void> Connection::refuse(FirstLook look) {
    room_.shared.events.refused(EventLog::now(), look.protocol(), name_, port_, look.why);
    refusing_ = true;
    close(server_);
    if (look.claims == FirstBytes::tls) co_await say_last(client_, std::string(unrecognized_name_alert()));
    if (look.claims == FirstBytes::http)
        co_await say_last(
            client_, forbidden_answer(look.why, "http://isag.internal/ lists what was refused, and how to allow it."));
    const bool told = look.claims == FirstBytes::tls || look.claims == FirstBytes::http;
    close_all(!told);
}

asio::awaitable<void> Connection::serve_page() {
    LookTurn turn(room_.looking);
    FirstLook look = co_await look_at(client_, name_, port_, first_, turn, Relays::most_looking);
    if (look.gone) co_return reset();
    co_await say_last(client_, page_answer(look, room_.page));
    close_all(false);
}

asio::awaitable<void> Connection::finish(FlowEnd end, Stream& from, Stream& to) {
    if (end == FlowEnd::failed) co_return reset();
    ::shutdown(to.native_handle(), SHUT_WR);
    if (++done_ == 2) co_return close_all(false);
    // The other direction goes on alone. That whoever has sent its end is gone altogether must still be seen.
    const bool happened = co_await is_ready(from, Stream::wait_error);
    if (happened && !closed_ && connect_outcome(from.native_handle()) != 0) reset();
}

void Connection::note_allowed(const char* protocol) {
    if (std::exchange(noted_, true)) return;
    const std::string rule = by_address_ ? std::string() : admit(room_.shared, name_, port_).rule;
    room_.shared.events.allowed(EventLog::now(), protocol, name_, port_, rule);
}

void Connection::close_all(bool by_reset) {
    if (std::exchange(closed_, true)) return;
    if (dialled_ && !refusing_) note_allowed("tcp");  // the client never said anything
    for (Stream* stream : {&client_, &server_}) by_reset ? close(*stream) : close_in_order(*stream);
    changed_.notify();
    if (const auto call = std::exchange(on_close_, nullptr)) call(shared_from_this());
}

}  // namespace isag::gate
