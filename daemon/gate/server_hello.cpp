// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/server_hello.hpp"
#include "daemon/gate/cursor.hpp"

namespace isag::gate {
namespace {

constexpr std::uint32_t handshake_record = 22;
constexpr std::string_view server_hello = "\x02";
constexpr std::size_t before_random = 1 + 3 + 2;  // the message's type and length, the version
// RFC 8446, 4.1.3: the random value of a HelloRetryRequest, the SHA-256 of that word.
constexpr std::string_view retry_random =
    "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
    "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c";

}  // namespace

ServerHelloReader::State ServerHelloReader::feed(std::string_view bytes) {
    if (state_ != State::more) return state_;
    input_ += bytes;
    while (state_ == State::more && take_record()) {
    }
    if (state_ != State::more) input_ = handshake_ = std::string();
    return state_;
}

// Moves what is there of one record's content over; false while nothing is.
bool ServerHelloReader::take_record() {
    Cursor cursor(input_);
    const auto type = cursor.integer(1);
    if (type && *type != handshake_record) return state_ = State::other, false;
    const auto version = cursor.integer(2);
    const auto content = version ? cursor.vector(2) : std::nullopt;
    if (!content) return false;
    handshake_ += *content;
    input_.erase(0, input_.size() - cursor.size());
    const std::string_view message = handshake_;
    if (content->empty() || !message.starts_with(server_hello)) return state_ = State::other, false;
    if (message.size() < before_random + retry_random.size()) return true;
    const bool retry = message.substr(before_random, retry_random.size()) == retry_random;
    return state_ = retry ? State::retry : State::other, false;
}

}  // namespace isag::gate
