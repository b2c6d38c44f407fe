// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace isag::gate {

// Reads the first of what a TLS server says, in whatever pieces, up to where it is known whether it is a
// HelloRetryRequest (RFC 8446, 4.1.4), which the client answers by a second ClientHello.
class ServerHelloReader {
public:
    enum class State { more, retry, other };  // other: a ServerHello, or what no TLS client takes for one

    State feed(std::string_view bytes);
    State state() const { return state_; }

private:
    bool take_record();

    State state_ = State::more;
    std::string input_;      // bytes of records not yet whole
    std::string handshake_;  // the records' contents
};

}  // namespace isag::gate
