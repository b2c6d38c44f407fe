// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/first_bytes.hpp"
#include <algorithm>

namespace isag::gate {
namespace {

constexpr std::string_view ssh_banner = "SSH-2.0-";  // RFC 4253, 4.2
constexpr std::string_view version = "HTTP/";

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f'; }

// RFC 9110, 5.6.2
bool is_token(char c) {
    if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return true;
    return c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

bool is_control(char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n' && !is_blank(c); }

char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; }

bool starts_with_version(std::string_view text) {
    return text.size() >= version.size() &&
           std::equal(version.begin(), version.end(), text.begin(), [](char a, char b) { return a == upper(b); });
}

// What a server that lets a control character pass takes for a method. Not git's "0033git-upload-pack", behind whose
// target comes a NUL (gitprotocol-pack(5)).
bool is_plain_method(std::string_view word) {
    return std::all_of(word.begin(), word.end(),
                       [](char c) { return (upper(c) >= 'A' && upper(c) <= 'Z') || c == '-' || c == '_'; });
}

// What follows a method and a blank: a target, which a lenient server lets hold blanks and control characters, and the
// version.
FirstBytes after_method(std::string_view method, std::string_view rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
        // HTTP/0.9 has no version.
        if (rest[i] == '\n') return method == "GET" ? FirstBytes::http : FirstBytes::raw;
        if (is_control(rest[i])) return is_plain_method(method) ? FirstBytes::http : FirstBytes::raw;
        if (is_blank(rest[i]) && starts_with_version(rest.substr(i + 1))) return FirstBytes::http;
    }
    return FirstBytes::more;
}

FirstBytes could_be_http(std::string_view bytes) {
    if (bytes.size() > max_first_line) return FirstBytes::http;
    // Servers skip empty lines before a request (RFC 9112, 2.2), some of them blanks too.
    const auto begin =
        std::find_if_not(bytes.begin(), bytes.end(), [](char c) { return c == '\r' || c == '\n' || is_blank(c); });
    const auto end = std::find_if_not(begin, bytes.end(), is_token);
    if (end == bytes.end()) return FirstBytes::more;
    if (begin == end || !is_blank(*end)) return FirstBytes::raw;
    // With the blank before it: a server that takes a target for missing would see "GET HTTP/1.1".
    return after_method({begin, end}, {end, bytes.end()});
}

std::uint8_t byte_at(std::string_view bytes, std::size_t index) { return static_cast<std::uint8_t>(bytes[index]); }

// Records (RFC 8446, 5.1) of every type: servers pass over a warning that comes ahead of the handshake, and Go's take
// any version below 16. Nothing but a ClientHello is accepted of them then.
FirstBytes could_be_record(std::string_view bytes) {
    constexpr std::uint8_t change_cipher_spec = 20, alert = 21, handshake = 22, heartbeat = 24;
    const auto type = byte_at(bytes, 0);
    if (type < change_cipher_spec || type > heartbeat) return FirstBytes::raw;
    if (bytes.size() < 2) return FirstBytes::more;
    const auto major = byte_at(bytes, 1);  // its version's
    const bool is_odd = (type == alert || type == handshake) && major < 16;
    return major == 3 || is_odd ? FirstBytes::tls : FirstBytes::raw;
}

// SSL 2.0's ClientHello, by which TLS can be asked for without a server name (RFC 5246, E.2).
FirstBytes could_be_old_hello(std::string_view bytes) {
    constexpr std::uint8_t hello = 1;
    if (byte_at(bytes, 0) < 0x80) return FirstBytes::raw;  // the first bit of its length
    if (bytes.size() > 2 && byte_at(bytes, 2) != hello) return FirstBytes::raw;
    if (bytes.size() < 4) return FirstBytes::more;
    const auto major = byte_at(bytes, 3);
    return major == 0 || major == 3 ? FirstBytes::tls : FirstBytes::raw;
}

FirstBytes could_be_tls(std::string_view bytes) {
    const FirstBytes record = could_be_record(bytes);
    return record == FirstBytes::raw ? could_be_old_hello(bytes) : record;
}

}  // namespace

FirstBytes classify(std::string_view bytes, std::uint16_t port) {
    if (bytes.empty()) return FirstBytes::more;
    if (port == 80) return FirstBytes::http;
    if (const FirstBytes tls = could_be_tls(bytes); tls != FirstBytes::raw) return tls;
    if (port != 443) return could_be_http(bytes);
    if (bytes.starts_with(ssh_banner)) return FirstBytes::raw;
    return ssh_banner.starts_with(bytes) ? FirstBytes::more : FirstBytes::refused;
}

}  // namespace isag::gate
