// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace isag::gate {

// Reads the head of an HTTP/1 request as it arrives, in whatever pieces, and accepts only one whose Host is the name
// that the connection is for (security.md N3). What goes on is not what came, but a head written anew from what was
// understood, with "Connection: close": one request a connection, so that no second one has to be checked.
class HostHeadReader {
public:
    static constexpr std::size_t max_size = 64 << 10;
    enum class State { more, accepted, refused };

    // `name` is normalized.
    HostHeadReader(std::string name, std::uint16_t port) : name_(std::move(name)), port_(port) {}

    State feed(std::string_view bytes);
    State state() const { return state_; }
    // Where accepted: the head that goes on, what came behind it, and how much of a body it announces.
    const std::string& head() const { return head_; }
    const std::string& rest() const { return input_; }
    std::optional<std::uint64_t> body() const { return body_; }  // bytes; none: as long as its chunks go on
    // It asks for a WebSocket (RFC 6455, 4.1): what follows is no HTTP once the server has said 101.
    bool upgrades() const { return upgrades_; }
    // As in the request line.
    const std::string& target() const { return target_; }
    // One line for a person; where refused.
    const std::string& why() const { return why_; }

private:
    void parse(std::size_t size);
    void refuse(std::string why);
    bool is_ours(std::string_view host) const;

    std::string name_;
    std::uint16_t port_;
    State state_ = State::more;
    std::string input_;
    std::size_t searched_ = 0;  // of input_, without finding the head's end
    std::string head_;
    std::optional<std::uint64_t> body_;
    bool upgrades_ = false;
    std::string target_;
    std::string why_;
};

// The answer that refuses it.
std::string forbidden_answer(std::string_view why, std::string_view hint);

}  // namespace isag::gate
