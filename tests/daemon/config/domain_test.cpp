// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/domain.hpp"
#include <doctest/doctest.h>

namespace isag::config {

TEST_CASE("a domain entry keeps its meaning as text") {
    for (const char* text : {"example.com", "*.example.com", "a.b:443", "*.a.example:1,65535", "localhost",
                             "xn--bcher-kva.example", "_dmarc.example.com", "3com.com", "a-b.c1"}) {
        CAPTURE(std::string(text));
        const auto rule = parse_domain(text);
        REQUIRE(rule.has_value());
        CHECK(rule->text() == text);
    }
}

TEST_CASE("names become lower-case without the dot at their end") {
    CHECK(parse_domain("GitHub.COM.:443").value().text() == "github.com:443");
}

TEST_CASE("what is no name is refused") {
    const std::string long_label(64, 'a');
    std::string long_name;
    for (int i = 0; i < 64; ++i) long_name += "abc.";
    const std::string nul("a\0.com", 6);
    for (const std::string& text :
         {std::string(), std::string("."), std::string("a..b"), std::string(".a"), std::string("a b"),
          std::string("-a.com"), std::string("a-.com"), std::string("a.com.."), std::string("https://a.com"),
          std::string("a.com/x"), std::string("a@b.com"),
          std::string("b\xc3\xbc"
                      "cher.example"),
          long_label + ".com", long_name + "com", nul}) {
        CAPTURE(text);
        CHECK(parse_domain(text).has_error());
    }
    CHECK(parse_domain(std::string(63, 'a') + ".com").has_value());
}

TEST_CASE("addresses in any spelling are no names") {
    for (const char* text : {"1.2.3.4", "127.1", "2130706433", "0x7f.1", "1.2.3.0x4", "0x7f000001", "::1", "[::1]",
                             "[::1]:443", "fe80::1", "*.1.2.3.4"}) {
        CAPTURE(std::string(text));
        CHECK(parse_domain(text).has_error());
    }
}

TEST_CASE("ports are from 1 to 65535, each once") {
    for (const char* text : {"a.com:", "a.com:0", "a.com:65536", "a.com:x", "a.com:1,", "a.com:,1", "a.com:1,1",
                             "a.com:+1", "a.com:1-2", "a.com: 1", "a.com:99999999999999999999"}) {
        CAPTURE(std::string(text));
        CHECK(parse_domain(text).has_error());
    }
}

TEST_CASE("a wildcard is the whole leftmost label and nothing else") {
    for (const char* text : {"*", "*.", "*.*.example.com", "a*.example.com", "*a.example.com", "a.*.com",
                             "**.example.com", "*example.com"}) {
        CAPTURE(std::string(text));
        CHECK(parse_domain(text).has_error());
    }
}

TEST_CASE("a wildcard over other people's sites is refused, a name among them is not") {
    for (const char* zone : {"com",
                             "net",
                             "org",
                             "io",
                             "co.uk",
                             "corp",
                             "github.io",
                             "githubusercontent.com",
                             "amazonaws.com",
                             "s3.amazonaws.com",
                             "us-east-1.amazonaws.com",
                             "cloudfront.net",
                             "herokuapp.com",
                             "azurewebsites.net",
                             "blob.core.windows.net",
                             "core.windows.net",
                             "windows.net",
                             "pages.dev",
                             "workers.dev",
                             "vercel.app",
                             "netlify.app",
                             "appspot.com",
                             "web.app",
                             "googleapis.com",
                             "ngrok.app",
                             "hf.space"}) {
        CAPTURE(std::string(zone));
        const auto rule = parse_domain(std::string("*.") + zone);
        REQUIRE(rule.has_error());
        CHECK(rule.error().message.find("name each host you need") != std::string::npos);
        CHECK(parse_domain(std::string("mine.") + zone).has_value());
    }
    for (const char* zone : {"github.com", "mine.github.io", "example.co.uk", "huggingface.co", "sub.example.com"})
        CHECK(parse_domain(std::string("*.") + zone).has_value());
}

TEST_CASE("resolvers are IPv4 addresses with an optional port") {
    CHECK(parse_resolver("1.1.1.1").value().text() == "1.1.1.1");
    CHECK(parse_resolver("1.1.1.1:53").value().text() == "1.1.1.1");
    CHECK(parse_resolver("1.1.1.1:853").value().text() == "1.1.1.1:853");
    for (const char* text :
         {"", "1.1.1", "1.1.1.256", "01.1.1.1", "dns.example", "::1", "1.1.1.1:", "1.1.1.1:70000", "1.1.1.1 "})
        CHECK(parse_resolver(text).has_error());
}

}  // namespace isag::config
