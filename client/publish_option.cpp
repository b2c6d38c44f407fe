// SPDX-License-Identifier: Apache-2.0
#include "client/publish_option.hpp"
#include <charconv>
#include <optional>

namespace isag {
namespace {

std::optional<std::int64_t> port_in(std::string_view text, std::int64_t least) {
    std::int64_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port < least || port > 65535) return std::nullopt;
    return port;
}

// Takes what stands before the last ':' off the text; nothing where there is none.
std::optional<std::string> take_front(std::string& text) {
    const auto colon = text.rfind(':');
    if (colon == std::string::npos) return std::nullopt;
    std::string front = text.substr(0, colon);
    text.erase(0, colon + 1);
    return front;
}

// An address, without the brackets that IPv6 needs here.
std::optional<std::string> address_in(const std::string& text) {
    const bool bracketed = text.size() > 2 && text.front() == '[' && text.back() == ']';
    std::string address = bracketed ? text.substr(1, text.size() - 2) : text;
    if (address.empty() || address.find_first_of("[]") != std::string::npos ||
        (address.find(':') != std::string::npos) != bracketed)
        return std::nullopt;
    return address;
}

}  // namespace

Result<proto::Forward> parse_publish(const std::string& text) {
    const Failure wrong{"'-p " + text + "' names no ports",
                        "write -p PORT, -p HOSTPORT:PORT or "
                        "-p ADDRESS:HOSTPORT:PORT, with ports up to 65535; a -p for the agent goes behind --"};
    proto::Forward out;
    out.kind = "local";
    std::string inner = text;
    auto host = take_front(inner);
    const auto to = port_in(inner, 1);
    if (!to) return wrong;
    out.to.port = out.listen.port = *to;
    if (!host) return out;
    if (const auto address = take_front(*host)) {
        const auto named = address_in(*address);
        if (!named) return wrong;
        out.listen.host = *named;
    }
    const auto listen = port_in(*host, 0);
    if (!listen) return wrong;
    out.listen.port = *listen;
    return out;
}

}  // namespace isag
