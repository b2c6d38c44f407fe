// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace isag::gate {

// Reads a TLS ClientHello (RFC 8446, 4.1.2 and 5.1; older versions alike) as it arrives, in whatever pieces of records
// and segments, and says which server it is for. Only one that names exactly one server openly is accepted
// (security.md N3).
class ClientHelloReader {
public:
    static constexpr std::size_t max_size = 64 << 10;  // of the handshake message
    enum class State { more, accepted, refused };
    // Which of a connection's hellos it is. Ahead of the second (RFC 8446, 4.1.2) there may be a change_cipher_spec and
    // early data, which the server passes over (4.2.10 and 5).
    enum class Turn { first, second };

    explicit ClientHelloReader(Turn turn = Turn::first) : turn_(turn) {}

    State feed(std::string_view bytes);
    State state() const { return state_; }
    // The server_name (RFC 6066, 3), normalized; where accepted.
    const std::string& server_name() const { return server_name_; }
    // How many of the bytes follow the ClientHello; where accepted.
    std::size_t unread() const { return input_.size(); }
    // One line for a person; where refused.
    const std::string& why() const { return why_; }

private:
    bool take_record();
    bool is_passed_over(std::uint32_t record_type) const;
    void take_message();
    void take_extensions(std::string_view extensions);
    void take_server_names(std::string_view extension);
    void refuse(std::string why);

    Turn turn_;
    State state_ = State::more;
    std::string input_;      // bytes of records not yet whole
    std::string handshake_;  // the records' contents
    std::string server_name_;
    std::string why_;
};

// The alert that refuses it: fatal, unrecognized_name (RFC 6066, 3), as a record.
std::string_view unrecognized_name_alert();

}  // namespace isag::gate
