// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/forward.hpp"
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isag::forward {

// The server's side of a SOCKS5 handshake (RFC 1928) without authentication and with CONNECT alone, as a value without
// a socket. Feed it what arrives, in whatever pieces; send what take_answer() gives; it ends with a target or a
// refusal.
class SocksHandshake {
public:
    // How many bytes it surely needs next, so that nothing behind the handshake is read; 0 where it has ended.
    std::size_t wanted() const;
    // At most wanted() bytes.
    void feed(std::string_view bytes);
    // What is to be sent now; empty where nothing is.
    std::string take_answer();

    // Where the peer wants to go, once it has said so; a name is not resolved.
    const std::optional<proto::Endpoint>& target() const { return target_; }
    // Why nothing comes of it; the answer says so too, as far as the protocol can.
    const std::optional<std::string>& refusal() const { return refusal_; }

private:
    enum class Stage { version, methods, request, address, ended };
    void step();
    void take_version();
    void take_methods();
    void take_request();
    void take_address();
    void refuse(std::string answer, std::string why);

    Stage stage_ = Stage::version;
    std::string input_;  // of this stage
    std::size_t needed_ = 2;
    std::uint8_t kind_ = 0;  // of the address
    std::string answer_;
    std::optional<proto::Endpoint> target_;
    std::optional<std::string> refusal_;
};

// The answer to a request that came to a target.
enum class SocksReply : std::uint8_t {
    succeeded = 0,
    failed = 1,
    not_allowed = 2,
    host_unreachable = 4,
    refused = 5,
    command_unknown = 7,
    address_unknown = 8,
};
std::string socks_answer(SocksReply reply);

// What isagd's refusal to connect is in SOCKS.
SocksReply socks_reply_for(const Error& error);

}  // namespace isag::forward
