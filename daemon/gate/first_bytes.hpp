// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace isag::gate {

// What a connection's first bytes from the sandbox say it is. How slowly they come never matters: `more` stays `more`
// until they can be only one of the others.
enum class FirstBytes { more, tls, http, raw, refused };

// Any port. On 443 only TLS and an SSH banner pass, on 80 only HTTP; elsewhere what could be read as a TLS handshake or
// an HTTP request, by the most lenient of servers, is to be checked as such, and the rest is raw.
FirstBytes classify(std::string_view bytes, std::uint16_t port);

// A line longer than this that is still undecided is taken for HTTP, where it will be refused.
inline constexpr std::size_t max_first_line = 64 << 10;

}  // namespace isag::gate
