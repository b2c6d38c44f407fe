// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/first_bytes.hpp"
#include "daemon/gate/client_hello.hpp"
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

// What follows a method and a blank: a target, which a lenient server lets hold blanks, and the version.
FirstBytes after_method(std::string_view method, std::string_view rest) {
    for (std::size_t i = 0; i < rest.size(); ++i) {
        // HTTP/0.9 has no version.
        if (rest[i] == '\n') return method == "GET" ? FirstBytes::http : FirstBytes::raw;
        if (is_control(rest[i])) return FirstBytes::raw;
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

}  // namespace

FirstBytes classify(std::string_view bytes, std::uint16_t port) {
    if (bytes.empty()) return FirstBytes::more;
    if (port == 80) return FirstBytes::http;
    if (ClientHelloReader::looks_like_tls(bytes)) return bytes.size() < 2 ? FirstBytes::more : FirstBytes::tls;
    if (port != 443) return could_be_http(bytes);
    if (bytes.starts_with(ssh_banner)) return FirstBytes::raw;
    return ssh_banner.starts_with(bytes) ? FirstBytes::more : FirstBytes::refused;
}

}  // namespace isag::gate
