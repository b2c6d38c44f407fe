// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/client_hello.hpp"
#include "daemon/gate/cursor.hpp"
#include "daemon/gate/name.hpp"
#include <set>

namespace isag::gate {
namespace {

constexpr std::uint32_t change_cipher_spec_record = 20;
constexpr std::uint32_t handshake_record = 22;
constexpr std::uint32_t application_data_record = 23;
constexpr std::uint32_t client_hello = 1;
constexpr std::uint32_t extension_server_name = 0;
constexpr std::uint32_t extension_ech = 0xfe0d;         // RFC 9849: encrypted_client_hello
constexpr std::uint32_t extension_esni_draft = 0xffce;  // its forerunner, encrypted_server_name
constexpr std::uint32_t host_name = 0;
constexpr std::size_t max_record = 16384 + 256;  // RFC 8446, 5.1 and 5.2
constexpr std::size_t record_head = 5;
constexpr std::size_t message_head = 4;

// Body of a ClientHello up to its extensions: version, random, session id, cipher suites, compression methods.
bool skip_to_extensions(Cursor& body) {
    return body.take(2 + 32) && body.vector(1) && body.vector(2) && body.vector(1);
}

}  // namespace

ClientHelloReader::State ClientHelloReader::feed(std::string_view bytes) {
    if (state_ != State::more) return state_;
    input_ += bytes;
    while (state_ == State::more && take_record()) {
    }
    return state_;
}

void ClientHelloReader::refuse(std::string why) {
    state_ = State::refused;
    why_ = std::move(why);
}

bool ClientHelloReader::is_passed_over(std::uint32_t type) const {
    return turn_ == Turn::second && handshake_.empty() &&
           (type == change_cipher_spec_record || type == application_data_record);
}

// Moves one whole record's content over; false while there is none.
bool ClientHelloReader::take_record() {
    Cursor cursor(input_);
    const auto type = cursor.integer(1);
    const auto version = cursor.integer(2);
    if (type && *type != handshake_record && !is_passed_over(*type))
        return refuse(turn_ == Turn::first ? "the first bytes are no TLS handshake"
                                           : "the server wants another ClientHello, and something else came"),
               false;
    if (version && *version >> 8 != 3) return refuse("the first bytes are no TLS handshake"), false;
    const auto length = cursor.integer(2);
    if (!length) return false;
    if (*length == 0 || *length > max_record) return refuse("a TLS record has an impossible length"), false;
    const auto content = cursor.take(*length);
    if (!content) return false;
    if (*type == handshake_record) handshake_ += *content;
    input_.erase(0, record_head + *length);
    if (handshake_.size() > max_size + message_head) return refuse("the ClientHello is larger than 64 KiB"), false;
    take_message();
    return state_ == State::more;
}

void ClientHelloReader::take_message() {
    Cursor cursor(handshake_);
    const auto type = cursor.integer(1);
    if (type && *type != client_hello) return refuse("the first TLS message is no ClientHello");
    const auto length = cursor.integer(3);
    if (length && *length > max_size) return refuse("the ClientHello is larger than 64 KiB");
    if (!length || cursor.size() < *length) return;
    Cursor body(*cursor.take(*length));
    if (!cursor.empty()) return refuse("more follows the ClientHello in its record");
    if (!skip_to_extensions(body)) return refuse("the ClientHello is malformed");
    if (body.empty()) return refuse("the ClientHello has no server name (SNI)");
    const auto extensions = body.vector(2);
    if (!extensions || !body.empty()) return refuse("the ClientHello is malformed");
    take_extensions(*extensions);
    if (state_ != State::more) return;
    if (server_name_.empty()) return refuse("the ClientHello has no server name (SNI)");
    state_ = State::accepted;
}

void ClientHelloReader::take_extensions(std::string_view extensions) {
    Cursor cursor(extensions);
    std::set<std::uint32_t> seen;
    while (!cursor.empty() && state_ == State::more) {
        const auto type = cursor.integer(2);
        const auto content = cursor.vector(2);
        if (!type || !content) return refuse("the ClientHello is malformed");
        if (!seen.insert(*type).second) return refuse("an extension of the ClientHello comes twice");
        if (*type == extension_ech || *type == extension_esni_draft)
            return refuse("the server name is encrypted (ECH): it can't be checked");
        if (*type == extension_server_name) take_server_names(*content);
    }
}

void ClientHelloReader::take_server_names(std::string_view extension) {
    Cursor cursor(extension);
    const auto list = cursor.vector(2);
    if (!list || !cursor.empty()) return refuse("the server name (SNI) is malformed");
    Cursor names(*list);
    const auto type = names.integer(1);
    const auto text = names.vector(2);
    if (!type || !text || *type != host_name) return refuse("the server name (SNI) is malformed");
    if (!names.empty()) return refuse("the ClientHello has more than one server name (SNI)");
    auto name = normalize_name(*text);
    if (!name) return refuse("the server name (SNI) " + name.error().message);
    server_name_ = std::move(*name);
}

std::string_view unrecognized_name_alert() {
    static constexpr char alert[] = {21, 3, 3, 0, 2, 2, 112};
    return {alert, sizeof alert};
}

}  // namespace isag::gate
