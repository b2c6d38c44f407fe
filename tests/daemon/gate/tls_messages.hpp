// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <string>

// The first messages of a TLS handshake (RFC 8446, 4.1), as far as the gate reads them.
namespace isag::test {

inline std::string number(std::size_t value, int width) {
    std::string out;
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
    return out;
}
// Its length in `width` bytes, then the content.
inline std::string tls_vector(const std::string& content, int width) { return number(content.size(), width) + content; }

inline std::string tls_record(const std::string& content, char type = 22) {
    return type + std::string("\x03\x03", 2) + tls_vector(content, 2);
}

inline std::string host_entry(const std::string& name) { return std::string(1, '\0') + tls_vector(name, 2); }
inline std::string tls_extension(std::size_t type, const std::string& content) {
    return number(type, 2) + tls_vector(content, 2);
}
inline std::string server_names(const std::string& entries) { return tls_extension(0, tls_vector(entries, 2)); }

inline std::string client_hello(const std::string& extensions) {
    const std::string body = "\x03\x03" + std::string(32, 'r') + tls_vector(std::string(32, 's'), 1) +
                             tls_vector(std::string("\x13\x01", 2), 2) + tls_vector(std::string(1, '\0'), 1) +
                             tls_vector(extensions, 2);
    return "\x01" + tls_vector(body, 3);
}
inline std::string hello_for(const std::string& name) {
    return tls_record(client_hello(server_names(host_entry(name))));
}

inline std::string server_hello(const std::string& random = std::string(32, 'R')) {
    const std::string body = "\x03\x03" + random + tls_vector(std::string(32, 's'), 1) + std::string("\x13\x01\0", 3) +
                             tls_vector(tls_extension(43, "\x03\x04"), 2);
    return "\x02" + tls_vector(body, 3);
}
inline std::string hello_retry_request() {
    return server_hello(
        "\xcf\x21\xad\x74\xe5\x9a\x61\x11\xbe\x1d\x8c\x02\x1e\x65\xb8\x91"
        "\xc2\xa2\x11\x16\x7a\xbb\x8c\x5e\x07\x9e\x09\xe2\xc8\xa8\x33\x9c");
}

}  // namespace isag::test
