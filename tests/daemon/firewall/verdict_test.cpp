// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/verdict.hpp"
#include "daemon/config/domain.hpp"
#include "daemon/firewall/learned.hpp"
#include <doctest/doctest.h>

namespace isag::firewall {
namespace {

config::Config config_with(const std::vector<std::string>& domains) {
    config::Config config;
    config.limit_network.emplace();
    for (const auto& text : domains) config.limit_network->domains.push_back(config::parse_domain(text).value());
    return config;
}

std::string host(const std::string& text) {
    const auto check = parse_host(text);
    return check ? check->name + " " + std::to_string(check->port) : "refused: " + check.error().message;
}

proto::gate::Event used(const std::string& target, std::int64_t port, bool allowed = true) {
    proto::gate::Event event;
    event.allowed = allowed;
    event.target = target;
    event.port = port;
    return event;
}

std::vector<std::string> learned(const std::vector<proto::gate::Event>& events, const config::Config& config) {
    std::vector<std::string> out;
    for (const auto& rule : learned_rules(events, config)) out.push_back(rule.text());
    return out;
}

}  // namespace

TEST_CASE("parse_host takes one name or address and one port") {
    CHECK(host("Example.com.") == "example.com 443");
    CHECK(host("example.com:22") == "example.com 22");
    CHECK(host("1.2.3.4") == "1.2.3.4 443");
    CHECK(host("1.2.3.4:80") == "1.2.3.4 80");
    CHECK(host("::1") == "::1 443");
    CHECK(host("[2001:db8::1]:80") == "2001:db8::1 80");
    CHECK(host("[::1]") == "::1 443");
    for (const char* bad : {"", "*.example.com", "example.com:1,2", "example.com:0", "https://example.com", "a b",
                            "[::1]:x", "1.2.3.4:70000", "a..b"})
        CHECK_MESSAGE(host(bad).starts_with("refused: "), bad);
    CHECK(parse_host("*.example.com").error().hint == "ask about one name and one port");
    CHECK(host("a\x1b[2Jb").find('\x1b') == std::string::npos);
}

TEST_CASE("verdict decides by the file as a gate would") {
    const auto config = config_with({"example.com:443", "*.pypi.org"});
    CHECK(verdict(config, {"example.com", 443}).allowed);
    CHECK(verdict(config, {"example.com", 443}).rule == "example.com:443");
    CHECK(verdict(config, {"example.com", 80}).why == "port 80 is not among those of example.com:443");
    CHECK(verdict(config, {"files.pypi.org", 80}).rule == "*.pypi.org");
    CHECK_FALSE(verdict(config, {"pypi.org", 443}).allowed);
    CHECK(verdict(config, {"evil.com", 443}).why == "no rule names evil.com");
    CHECK(verdict(config, {"1.2.3.4", 443}).why == "an address: only names are allowed");
    CHECK(verdict(config_with({}), {"api.anthropic.com", 443}).allowed);
    CHECK(verdict(config_with({}), {"isag.internal", 80}).allowed);
    CHECK_FALSE(verdict(config_with({}), {"isag.internal", 443}).allowed);
    auto codex = config_with({});
    codex.agent.vendor = config::Vendor::codex;
    CHECK_FALSE(verdict(codex, {"api.anthropic.com", 443}).allowed);
    auto open = config_with({});
    open.limit_network.reset();
    CHECK(verdict(open, {"evil.com", 443}).allowed);
}

TEST_CASE("learned_rules are the names that were used, by ports where they are not the web's") {
    const std::vector<proto::gate::Event> events{used("b.com", 443), used("b.com", 80), used("git.com", 443),
                                                 used("git.com", 22), used("a.com", 8443)};
    CHECK(learned(events, config_with({})) == std::vector<std::string>{"a.com:8443", "b.com", "git.com:22,443"});
}

TEST_CASE("learned_rules leave out what is allowed already and what a file can't name") {
    const auto config = config_with({"*.pypi.org", "b.com:443"});
    const std::vector<proto::gate::Event> events{used("files.pypi.org", 443),
                                                 used("api.anthropic.com", 443),
                                                 used("b.com", 443),
                                                 used("1.2.3.4", 443),
                                                 used("db", 5432),
                                                 used("x\\x1b.com", 443),
                                                 used("c.com", 443, false),
                                                 used("isag.internal", 80),
                                                 used("d.com", 0)};
    CHECK(learned(events, config).empty());
    CHECK(learned({used("b.com", 443), used("b.com", 22)}, config) == std::vector<std::string>{"b.com:22"});
    auto open = config_with({});
    open.limit_network.reset();
    CHECK(learned({used("b.com", 443), used("api.anthropic.com", 443)}, open) == std::vector<std::string>{"b.com"});
}

TEST_CASE("remedies: rules for names that the file does not allow, and nothing where no rule helps") {
    const auto config = config_with({"a.com", "git.com:443"});
    const std::vector<proto::gate::Event> refused{
        used("evil.com", 0, false),  used("evil.com", 443, false), used("git.com", 22, false),
        used("a.com", 443, false),   used("db", 5432, false),      used("1.2.3.4", 443, false),
        used("x\\x1b", 0, false),    used("--save.com", 0, false), used("*.b.com", 443, false),
        used("b.com:443", 0, false), used("?", 0, false)};
    std::vector<std::string> texts;
    for (const auto& rule : remedies(refused, config)) texts.push_back(rule.text());
    CHECK(texts == std::vector<std::string>{"evil.com", "git.com:22"});
}

}  // namespace isag::firewall
