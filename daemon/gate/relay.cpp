// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/relay.hpp"
#include "daemon/gate/admission.hpp"
#include "daemon/gate/connection.hpp"
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;
namespace isag::gate {

// A task's failure is its connection's, which is reset by it; there is nobody to tell.
Relays::Relays(Shared& shared, Resolver& resolver, Origin origin)
    : room_{shared, resolver, {}, 0, 0, {}},
      origin_(std::move(origin)),
      tasks_(shared.executor, [](std::exception_ptr) {}) {}

Relays::~Relays() = default;

asio::awaitable<void> Relays::accept(UniqueFd listener) {
    set_nonblocking(listener, true);
    keep_alive(listener.get());  // and so do those that it accepts
    Stream stream(room_.shared.executor, listener.release());
    std::function<void(UniqueFd)> take_it = [this](UniqueFd socket) { take_or_drop(std::move(socket)); };
    co_await accept_each(stream, std::move(take_it));
}

void Relays::take_or_drop(UniqueFd socket) {
    try {
        take(std::move(socket));
    } catch (const std::exception&) {  // no memory for it, or none of the kernel's: the others go on
    }
}

void Relays::take(UniqueFd socket) {
    const auto destination = origin_(socket.get());
    if (!destination) return refuse(std::move(socket), "?", 0, "it was not redirected here");
    const auto [address, port] = *destination;
    if (room_.living >= most)
        return refuse(std::move(socket), dotted(address), port, "more than 4096 connections are open");
    if (address == Names::own && port == 80) return start(std::move(socket), proto::gate::own_name, port, false);
    if (!Names::is_synthetic(address)) {
        const bool passes = room_.shared.learn && !refuse_answer(room_.shared, {address_v4(address)}, false);
        if (passes) return start(std::move(socket), dotted(address), port, true);
        return refuse(std::move(socket), dotted(address), port, "an address, not a name that was asked for");
    }
    const auto name = room_.shared.names.name_of(address);
    if (!name) return refuse(std::move(socket), dotted(address), port, "no name has this address");
    const Verdict verdict = admit(room_.shared, *name, port);
    if (!verdict.allowed) return refuse(std::move(socket), *name, port, verdict.why);
    start(std::move(socket), *name, port, false);
}

void Relays::refuse(UniqueFd socket, std::string_view target, std::uint16_t port, std::string_view why) {
    room_.shared.events.refused(EventLog::now(), "tcp", target, port, why);
    reset_on_close(socket.get());
}

void Relays::start(UniqueFd socket, std::string name, std::uint16_t port, bool by_address) {
    auto connection = std::make_shared<Connection>(room_, std::move(socket), std::move(name), port, by_address);
    connection->when_closed([this](const std::shared_ptr<Connection>& closed) { open_.erase(closed); });
    open_.insert(connection);
    tasks_.spawn(Connection::run_client(connection));
    if (!connection->is_own()) tasks_.spawn(Connection::run_server(connection));
}

bool Relays::is_still_allowed(const Connection& connection) const {
    if (connection.is_own()) return true;
    if (connection.by_address()) return room_.shared.learn;
    return admit(room_.shared, connection.name(), connection.port()).allowed;
}

std::size_t Relays::recheck() {
    std::size_t cut = 0;
    for (auto it = open_.begin(); it != open_.end();) {
        const auto connection = *it++;
        if (is_still_allowed(*connection)) continue;
        connection->reset();
        ++cut;
    }
    return cut;
}

std::map<std::string, std::int64_t> Relays::open_connections() const {
    std::map<std::string, std::int64_t> out;
    for (const auto& connection : open_) ++out[connection->name()];
    return out;
}

asio::awaitable<void> Relays::end() {
    while (!open_.empty()) (*open_.begin())->reset();
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace isag::gate
