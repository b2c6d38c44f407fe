// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/domain.hpp"
#include "daemon/config/shared_zone.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cctype>
#include <charconv>
#include <optional>

namespace isag::config {
namespace {

constexpr std::size_t longest_name = 253;
constexpr std::size_t longest_label = 63;

Result<std::int64_t> parse_port(std::string_view text) {
    std::int64_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc() || end != text.data() + text.size() || port < 1 || port > 65535)
        return Failure{"a port is a number from 1 to 65535"};
    return port;
}

bool is_label(std::string_view label) {
    const auto good = [](unsigned char c) { return std::islower(c) || std::isdigit(c) || c == '-' || c == '_'; };
    return !label.empty() && label.size() <= longest_label && label.front() != '-' && label.back() != '-' &&
           std::all_of(label.begin(), label.end(), good);
}

bool all_of_set(std::string_view text, std::string_view set) {
    return text.find_first_not_of(set) == std::string_view::npos;
}

// As the URL standard has it: a name whose last label is a number is taken for an IPv4 address.
bool ends_in_number(std::string_view name) {
    const std::string_view last = name.substr(name.rfind('.') + 1);
    return all_of_set(last, "0123456789") || (last.starts_with("0x") && all_of_set(last.substr(2), "0123456789abcdef"));
}

std::optional<Failure> check_name(std::string_view name) {
    if (name.empty()) return Failure{"a name is missing"};
    if (name.size() > longest_name) return Failure{"a name has at most 253 bytes"};
    if (name.find('*') != std::string_view::npos)
        return Failure{"a wildcard stands for the whole first label only: *.example.com"};
    if (name.find('/') != std::string_view::npos) return Failure{"give the name alone, without https:// and paths"};
    if (ends_in_number(name)) return Failure{"an IP address is no name; connections are allowed by name only"};
    for (std::string_view rest = name;;) {
        const std::size_t end = rest.find('.');
        if (!is_label(rest.substr(0, end)))
            return Failure{
                "each label of a name has 1 to 63 of a-z, 0-9, - and _ (no - at its ends; other scripts in "
                "their xn-- form)"};
        if (end == std::string_view::npos) return std::nullopt;
        rest.remove_prefix(end + 1);
    }
}

std::optional<Failure> read_ports(std::string_view text, std::vector<std::int64_t>& out) {
    for (;;) {
        const std::size_t end = text.find(',');
        const auto port = parse_port(text.substr(0, end));
        if (!port) return port.error();
        if (std::find(out.begin(), out.end(), *port) != out.end()) return Failure{"a port is given twice"};
        out.push_back(*port);
        if (end == std::string_view::npos) return std::nullopt;
        text.remove_prefix(end + 1);
    }
}

}  // namespace

Result<DomainRule> parse_domain(std::string_view text) {
    DomainRule rule;
    if (text.find("://") != std::string_view::npos) return Failure{"give the name alone, without https:// and paths"};
    if (text.starts_with('[') || std::count(text.begin(), text.end(), ':') > 1)
        return Failure{"an IP address is no name; connections are allowed by name only"};
    const std::size_t colon = text.find(':');
    if (colon != std::string_view::npos)
        if (auto failure = read_ports(text.substr(colon + 1), rule.ports)) return *failure;
    rule.name = std::string(text.substr(0, colon));
    std::transform(rule.name.begin(), rule.name.end(), rule.name.begin(),
                   [](unsigned char c) { return c < 0x80 ? std::tolower(c) : c; });
    if (rule.name.ends_with('.')) rule.name.pop_back();
    if (rule.name == "*") return Failure{"* would allow every name; to have no firewall write limit_network: null"};
    rule.wildcard = rule.name.starts_with("*.");
    if (rule.wildcard) rule.name.erase(0, 2);
    if (auto failure = check_name(rule.name)) return *failure;
    if (!rule.wildcard) return rule;
    if (const auto reason = why_shared(rule.name)) return Failure{*reason};
    return rule;
}

Result<Resolver> parse_resolver(std::string_view text) {
    Resolver resolver;
    const std::size_t colon = text.find(':');
    resolver.address = std::string(text.substr(0, colon));
    in_addr address{};
    if (::inet_pton(AF_INET, resolver.address.c_str(), &address) != 1)
        return Failure{"allowed: an IPv4 address, 1.1.1.1, or with a port, 1.1.1.1:5353"};
    if (colon == std::string_view::npos) return resolver;
    const auto port = parse_port(text.substr(colon + 1));
    if (!port) return port.error();
    resolver.port = *port;
    return resolver;
}

std::string DomainRule::text() const {
    std::string out = (wildcard ? "*." : "") + name;
    for (std::size_t i = 0; i < ports.size(); ++i) out += (i == 0 ? ":" : ",") + std::to_string(ports[i]);
    return out;
}

std::string Resolver::text() const { return port == 53 ? address : address + ":" + std::to_string(port); }

}  // namespace isag::config
