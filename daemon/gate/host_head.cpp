// SPDX-License-Identifier: Apache-2.0
// The gate is linked without Beast's own translation unit: of it, this is all that it needs.
#define BOOST_BEAST_HEADER_ONLY 1
#include "daemon/gate/host_head.hpp"
#include "common/escape.hpp"
#include "daemon/gate/name.hpp"
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>

namespace http = boost::beast::http;
namespace isag::gate {
namespace {

using Request = http::request_parser<http::empty_body>;
using Fields = http::request_header<>;

bool same(std::string_view a, std::string_view b) { return boost::beast::iequals(a, b); }

// Of one hop (RFC 9110, 7.6.1), which the gate is: not sent on. So an offer to go on in HTTP/2 (h2c), which Java's
// HttpClient makes unasked, is not taken up.
bool is_of_this_hop(std::string_view field) {
    constexpr std::string_view names[] = {"connection", "keep-alive", "upgrade", "http2-settings", "te"};
    if (field.size() >= 6 && same(field.substr(0, 6), "proxy-")) return true;
    return std::any_of(std::begin(names), std::end(names), [&](std::string_view name) { return same(name, field); });
}

// A field that says where the request ends or whom it is for stays, whatever Connection says of it.
bool is_named_by_connection(const Fields& request, std::string_view field) {
    if (same(field, "host") || same(field, "content-length") || same(field, "transfer-encoding")) return false;
    const auto range = request.equal_range(http::field::connection);
    for (auto it = range.first; it != range.second; ++it)
        if (http::token_list(it->value()).exists(field)) return true;
    return false;
}

bool has_token(const Fields& request, http::field field, std::string_view token) {
    const auto range = request.equal_range(field);
    return std::any_of(range.first, range.second,
                       [&](const auto& line) { return http::token_list(line.value()).exists(token); });
}

std::string write_head(const Fields& request, bool upgrades) {
    std::string out;
    out.append(request.method_string()).append(" ").append(request.target());
    out.append(request.version() == 10 ? " HTTP/1.0\r\n" : " HTTP/1.1\r\n");
    for (const auto& line : request) {
        const std::string_view name = line.name_string();
        if (is_of_this_hop(name) || is_named_by_connection(request, name)) continue;
        out.append(name).append(": ").append(line.value()).append("\r\n");
    }
    out += upgrades ? "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n" : "Connection: close\r\n\r\n";
    return out;
}

// A byte that no head has: RFC 9112, 2.2 (a CR alone) and RFC 9110, 5.5.
bool is_wrong_in_head(char c) {
    return (static_cast<unsigned char>(c) < 0x20 && c != '\r' && c != '\n' && c != '\t') || c == 0x7f;
}

}  // namespace

void HostHeadReader::refuse(std::string why) {
    state_ = State::refused;
    why_ = std::move(why);
    input_.clear();
}

HostHeadReader::State HostHeadReader::feed(std::string_view bytes) {
    if (state_ != State::more) return state_ == State::accepted ? (input_ += bytes, state_) : state_;
    input_ += bytes;
    for (; searched_ < input_.size() && state_ == State::more; ++searched_) {
        const char c = input_[searched_];
        const char before = searched_ == 0 ? '\0' : input_[searched_ - 1];
        if (searched_ == 0 && (c < 'A' || c > 'Z')) return refuse("it doesn't begin with an HTTP method"), state_;
        if (is_wrong_in_head(c)) return refuse("the request's head has a control character"), state_;
        if ((c == '\n') != (before == '\r')) return refuse("the request's lines don't end with CR LF"), state_;
        if (searched_ >= max_size) return refuse("the request's head is larger than 64 KiB"), state_;
        if (c == '\n' && std::string_view(input_).substr(0, searched_ + 1).ends_with("\r\n\r\n")) {
            parse(searched_ + 1);
            break;
        }
    }
    return state_;
}

void HostHeadReader::parse(std::size_t size) {
    Request parser;
    parser.header_limit(max_size + 1);
    parser.body_limit(boost::none);
    boost::system::error_code error;
    parser.put(boost::asio::buffer(input_.data(), size), error);
    if (!parser.is_header_done())
        return refuse("it is no HTTP/1 request that the gate understands (" + error.message() + ")");
    const Fields& request = parser.get().base();
    target_ = request.target();
    if (request.method() == http::verb::connect) return refuse("CONNECT asks for a proxy, which the gate is not");
    if (!target_.starts_with('/') && !(target_ == "*" && request.method() == http::verb::options))
        return refuse("the request names a whole URL: only a path is taken");
    if (request.count(http::field::host) != 1)
        return refuse(request.count(http::field::host) == 0 ? "the request has no Host"
                                                            : "the request has more than one Host");
    const std::string host(request[http::field::host]);
    if (!is_ours(host)) return refuse("Host is \"" + escape_controls(host.substr(0, 128)) + "\", not " + name_);
    const auto encodings = request.count(http::field::transfer_encoding);
    const bool chunked = encodings != 0;
    // Another coding before it is one that a server may not know, and then takes the body for the next request.
    const bool only_chunks = encodings == 1 && same(request[http::field::transfer_encoding], "chunked");
    if (chunked && (request.count(http::field::content_length) != 0 || !only_chunks || request.version() == 10))
        return refuse("the end of the request's body is not clear");
    // Beast takes a list of equal lengths (RFC 9110, 8.6), which not every server does.
    const std::string_view length = request[http::field::content_length];
    if (!std::all_of(length.begin(), length.end(), [](char c) { return c >= '0' && c <= '9'; }))
        return refuse("the end of the request's body is not clear");
    upgrades_ = has_token(request, http::field::upgrade, "websocket") &&
                has_token(request, http::field::connection, "upgrade") && request.version() == 11;
    if (!chunked) body_ = parser.content_length().value_or(0);
    if (upgrades_ && body_ != 0u) return refuse("a request for a WebSocket has a body");
    head_ = write_head(request, upgrades_);
    input_.erase(0, size);
    state_ = State::accepted;
}

bool HostHeadReader::is_ours(std::string_view host) const {
    const std::string port = ":" + std::to_string(port_);
    if (host.ends_with(port)) host.remove_suffix(port.size());
    const auto name = normalize_name(host);
    return name && *name == name_;
}

std::string forbidden_answer(std::string_view why, std::string_view hint) {
    std::string text = "isag: refused: " + std::string(why) + "\n";
    if (!hint.empty()) text += std::string(hint) + "\n";
    return "HTTP/1.1 403 Forbidden\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: " +
           std::to_string(text.size()) + "\r\nConnection: close\r\n\r\n" + text;
}

}  // namespace isag::gate
