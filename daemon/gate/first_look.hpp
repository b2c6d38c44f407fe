// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/first_bytes.hpp"
#include "daemon/gate/host_head.hpp"
#include "daemon/gate/socket.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace isag::gate {

// What a client says first, held back until it is known to fit the name that its connection is for.
struct FirstLook {
    FirstBytes kind = FirstBytes::raw;        // refused: it does not fit
    FirstBytes claims = FirstBytes::raw;      // what it was going to be, where refused
    std::string held;                         // all that came (tls, raw)
    std::size_t behind = 0;                   // so many bytes of it, at its end, follow the ClientHello (tls)
    std::unique_ptr<HostHeadReader> request;  // http
    std::string why;                          // it is refused
    bool ended = false;                       // the client has sent its end
    bool gone = false;                        // it went away before it said anything: nothing else is known
    const char* protocol() const;             // "tls", "http", "tcp": for an event
};

// Counts those who look; the sandbox may hold the gate's memory with so many at a time.
class LookTurn {
public:
    explicit LookTurn(std::size_t& count) : count_(count) {}
    ~LookTurn() { leave(); }
    LookTurn(const LookTurn&) = delete;
    LookTurn& operator=(const LookTurn&) = delete;
    bool enter(std::size_t most);
    void leave();

private:
    std::size_t& count_;
    bool in_ = false;
};

// Who says the first word on a connection. On ports 80 and 443 that is the client.
enum class Speaker { nobody, client, server };
constexpr bool client_speaks_first(std::uint16_t port) { return port == 80 || port == 443; }

// Waits for the client's first bytes: as long as it likes, but on ports 80 and 443, where nobody waits for the server,
// one minute. From the first byte on all must be clear within five seconds. On other ports, where the server has spoken
// `first`, it is neither TLS nor HTTP: raw. Throws where the client goes away in the middle of them.
boost::asio::awaitable<FirstLook> look_at(Stream& client, std::string name, std::uint16_t port, Speaker& first,
                                          LookTurn& turn, std::size_t most_looking);

// The same for the second ClientHello of a connection, which a HelloRetryRequest asked for; `held` came already.
boost::asio::awaitable<FirstLook> look_again(Stream& client, std::string name, std::string held, LookTurn& turn,
                                             std::size_t most_looking);

// Adds what is there to `into`; false at the client's end. Throws where it is gone.
boost::asio::awaitable<bool> receive(Stream& client, std::string& into);

// Sends a last word and sees to it that it arrives: a close with unread bytes would be a reset, which overtakes it.
boost::asio::awaitable<void> say_last(Stream& client, std::string answer);

}  // namespace isag::gate
