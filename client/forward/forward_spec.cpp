// SPDX-License-Identifier: Apache-2.0
#include "client/forward/forward_spec.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <sys/un.h>
#include <vector>

namespace isag::forward {
namespace {

constexpr std::size_t longest_host = 255;
constexpr std::size_t longest_path = sizeof(sockaddr_un{}.sun_path) - 1;

// What an error has to say of the option.
struct Spec {
    const char* option;
    std::string_view text;
    const char* takes;
};

constexpr const char* local_takes =
    "-L takes [BIND:]PORT:HOST:HOSTPORT, [BIND:]PORT:/REMOTE.SOCK, /LOCAL.SOCK:HOST:HOSTPORT or "
    "/LOCAL.SOCK:/REMOTE.SOCK; an IPv6 address stands in []";
constexpr const char* remote_takes =
    "-R takes [BIND:]PORT:HOST:HOSTPORT, [BIND:]PORT:/LOCAL.SOCK, /REMOTE.SOCK:HOST:HOSTPORT or "
    "/REMOTE.SOCK:/LOCAL.SOCK; an IPv6 address stands in []";
constexpr const char* dynamic_takes = "-D takes [BIND:]PORT; an IPv6 address stands in []";

Failure wrong(const Spec& spec, const std::string& why) {
    return {"'" + escape_controls(spec.text) + "' is no value for " + spec.option + ": " + why, spec.takes};
}

struct Field {
    std::string text;
    bool bracketed = false;
    bool is_path() const { return !bracketed && text.starts_with('/'); }
    bool is_relative_path() const { return !bracketed && !is_path() && text.find('/') != std::string::npos; }
};

// Takes one field and the colon behind it off the rest.
Result<Field> take_field(const Spec& spec, std::string_view& rest) {
    Field field;
    if (rest.starts_with('[')) {
        const auto end = rest.find(']');
        if (end == std::string_view::npos) return wrong(spec, "a [ has no ]");
        field = {std::string(rest.substr(1, end - 1)), true};
        rest.remove_prefix(end + 1);
        if (!rest.empty() && rest[0] != ':') return wrong(spec, "a : has to follow the ]");
        return field;
    }
    while (!rest.empty() && rest[0] != ':') {
        if (rest[0] == '\\' && rest.size() > 1) rest.remove_prefix(1);
        field.text += rest[0];
        rest.remove_prefix(1);
    }
    return field;
}

Result<std::vector<Field>> split_fields(const Spec& spec) {
    std::vector<Field> fields;
    std::string_view rest = spec.text;
    if (rest.empty()) return wrong(spec, "it is empty");
    for (;;) {
        auto field = take_field(spec, rest);
        if (!field) return field.error();
        fields.push_back(std::move(*field));
        if (rest.empty()) return fields;
        rest.remove_prefix(1);
    }
}

Result<std::int64_t> parse_port(const Spec& spec, const Field& field, std::int64_t least) {
    std::int64_t port = 0;
    const char* const end = field.text.data() + field.text.size();
    const auto [stop, error] = std::from_chars(field.text.data(), end, port);
    if (field.bracketed || error != std::errc() || stop != end || port < least || port > 65535)
        return wrong(spec,
                     "'" + escape_controls(field.text) + "' is no port from " + std::to_string(least) + " to 65535");
    return port;
}

Result<std::string> parse_host(const Spec& spec, const Field& field) {
    const auto is_odd = [](unsigned char c) { return c <= ' ' || c == 0x7f || c == '/' || c == '[' || c == ']'; };
    if (field.text.empty()) return wrong(spec, "a host is missing");
    if (field.text.size() > longest_host || std::any_of(field.text.begin(), field.text.end(), is_odd))
        return wrong(spec, "'" + escape_controls(field.text) + "' is no host");
    return field.text;
}

std::optional<Failure> check_path(const Spec& spec, const Field& field) {
    if (field.text.size() > longest_path)
        return wrong(spec, "a socket's path has at most " + std::to_string(longest_path) + " bytes");
    if (field.text.find('\0') != std::string::npos) return wrong(spec, "a path has a zero byte");
    return std::nullopt;
}

// [BIND:]PORT, which are fields [0, count).
Result<proto::Endpoint> parse_listen(const Spec& spec, const std::vector<Field>& fields, std::size_t count) {
    proto::Endpoint out;
    const auto port = parse_port(spec, fields[count - 1], 0);
    if (!port) return port.error();
    out.port = *port;
    if (count == 1) return out;
    const Field& bind = fields[0];
    if (!bind.bracketed && (bind.text.empty() || bind.text == "*")) {
        out.host = "*";
        return out;
    }
    auto host = parse_host(spec, bind);
    if (!host) return host.error();
    if (*host != "localhost") out.host = std::move(*host);
    return out;
}

// What the connections lead to, which are the last fields: a path, or HOST:HOSTPORT.
Result<proto::Endpoint> parse_target(const Spec& spec, const std::vector<Field>& fields, std::size_t first) {
    proto::Endpoint out;
    if (fields[first].is_path()) {
        if (auto failure = check_path(spec, fields[first])) return *failure;
        out.path = fields[first].text;
        return out;
    }
    auto host = parse_host(spec, fields[first]);
    if (!host) return host.error();
    const auto port = parse_port(spec, fields[first + 1], 1);
    if (!port) return port.error();
    out.host = std::move(*host);
    out.port = *port;
    return out;
}

// As a path it counts from a folder that only who wrote it knows; a host has no slash in it.
std::optional<Failure> refuse_relative_path(const Spec& spec, const std::vector<Field>& fields) {
    for (const auto& field : fields)
        if (field.is_relative_path())
            return wrong(spec, "'" + escape_controls(field.text) + "' is a relative path: give the absolute one");
    return std::nullopt;
}

// Of too few fields: what listens, and nothing that it leads to.
Failure without_target(const Spec& spec, const std::vector<Field>& fields) {
    const Field& last = fields.back();
    if (fields.size() == 1 || last.text.empty()) return wrong(spec, "it names no target to lead to");
    return wrong(spec, "'" + escape_controls(last.text) +
                           "' is no target: a host needs a :PORT behind it, and a socket its absolute path");
}

Result<proto::Forward> parse_both(const Spec& spec, const char* kind, const std::vector<Field>& fields) {
    proto::Forward out;
    out.kind = kind;
    if (auto failure = refuse_relative_path(spec, fields)) return *failure;
    const std::size_t target_fields = fields.back().is_path() ? 1 : 2;
    if (fields.size() <= target_fields) return without_target(spec, fields);
    const std::size_t listen_fields = fields.size() - target_fields;
    if (listen_fields > (fields[0].is_path() ? 1U : 2U)) return wrong(spec, "it has too many fields");
    if (fields[0].is_path()) {
        if (auto failure = check_path(spec, fields[0])) return *failure;
        out.listen.path = fields[0].text;
    } else {
        auto listen = parse_listen(spec, fields, listen_fields);
        if (!listen) return listen.error();
        out.listen = std::move(*listen);
    }
    auto to = parse_target(spec, fields, listen_fields);
    if (!to) return to.error();
    out.to = std::move(*to);
    return out;
}

}  // namespace

Result<proto::Forward> parse_local(std::string_view text) {
    const Spec spec{"-L", text, local_takes};
    const auto fields = split_fields(spec);
    if (!fields) return fields.error();
    return parse_both(spec, "local", *fields);
}

Result<proto::Forward> parse_remote(std::string_view text) {
    const Spec spec{"-R", text, remote_takes};
    const auto fields = split_fields(spec);
    if (!fields) return fields.error();
    if (fields->size() <= 2 && parse_listen(spec, *fields, fields->size()))  // ssh's SOCKS server
        return wrong(spec, "without a target the sandbox would reach whatever this machine reaches; name the target");
    return parse_both(spec, "remote", *fields);
}

Result<proto::Forward> parse_dynamic(std::string_view text) {
    const Spec spec{"-D", text, dynamic_takes};
    const auto fields = split_fields(spec);
    if (!fields) return fields.error();
    if (fields->size() > 2) return wrong(spec, "it has too many fields");
    if (fields->back().is_path()) return wrong(spec, "it listens on a port");
    proto::Forward out;
    out.kind = "dynamic";
    auto listen = parse_listen(spec, *fields, fields->size());
    if (!listen) return listen.error();
    out.listen = std::move(*listen);
    return out;
}

}  // namespace isag::forward
