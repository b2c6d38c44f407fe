// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/flow.hpp"
#include "daemon/gate/first_bytes.hpp"
#include "daemon/gate/first_look.hpp"
#include "daemon/gate/relay.hpp"
#include "daemon/gate/server_hello.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace isag::gate {

// One connection of the sandbox and the one that the gate makes for it. Two coroutines serve it, one a direction; what
// the server says flows at once, what the client says is held back until it is known to fit the name.
class Connection : public std::enable_shared_from_this<Connection> {
public:
    using Pointer = std::shared_ptr<Connection>;

    Connection(RelayRoom& room, UniqueFd client, std::string name, std::uint16_t port, bool by_address);
    ~Connection();

    // Each until its direction is done; they keep the connection.
    static boost::asio::awaitable<void> run_client(Pointer self);
    static boost::asio::awaitable<void> run_server(Pointer self);

    const std::string& name() const { return name_; }
    std::uint16_t port() const { return port_; }
    bool by_address() const { return by_address_; }  // there is no name (learn mode)
    bool is_own() const;                             // it is for the gate's own page

    // Both sides see a reset.
    void reset() { close_all(true); }
    // Called once, when it is closed in whatever way.
    void when_closed(std::function<void(const Pointer&)> call) { on_close_ = std::move(call); }

private:
    enum class Upgrade { none, asked, granted, denied };

    boost::asio::awaitable<void> serve_client();
    boost::asio::awaitable<void> serve_server();
    boost::asio::awaitable<void> serve_page();
    boost::asio::awaitable<bool> is_connected();
    boost::asio::awaitable<FlowEnd> send_on(FirstLook look);
    boost::asio::awaitable<bool> send_hello(FirstLook& look, std::int64_t& count);
    boost::asio::awaitable<bool> hears_of_retry();
    boost::asio::awaitable<FlowEnd> send_request(FirstLook look, Flow flow);
    boost::asio::awaitable<FlowEnd> send_chunks(std::string first, Flow flow);
    boost::asio::awaitable<void> refuse(FirstLook look);
    boost::asio::awaitable<void> finish(FlowEnd end, Stream& from, Stream& to);
    bool watch_answer(std::string_view bytes);
    void note_allowed(const char* protocol);
    void close_all(bool by_reset);

    RelayRoom& room_;
    Stream client_;
    Stream server_;
    std::string name_;
    std::uint16_t port_;
    bool by_address_;
    bool dialled_ = false;
    bool settled_ = false;  // the client's first bytes are through, and ask for no other protocol
    bool server_ended_ = false;
    bool refusing_ = false;  // the client is being told why: the server's side is over
    bool noted_ = false;
    bool closed_ = false;
    int done_ = 0;  // directions
    Upgrade upgrade_ = Upgrade::none;
    std::string status_;                             // the first bytes of the server's answer to that
    std::optional<ServerHelloReader> server_hello_;  // of the answer to a ClientHello that was sent on
    Speaker first_ = Speaker::nobody;
    Event changed_;
    std::function<void(const Pointer&)> on_close_;
};

}  // namespace isag::gate
