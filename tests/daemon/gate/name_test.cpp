// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/name.hpp"
#include <doctest/doctest.h>

using isag::gate::normalize_name;

TEST_CASE("normalize_name: lower case, one trailing dot off") {
    CHECK(normalize_name("Example.COM").value() == "example.com");
    CHECK(normalize_name("example.com.").value() == "example.com");
    CHECK(normalize_name("_dmarc.x-1.example").value() == "_dmarc.x-1.example");
    CHECK(normalize_name("localhost").value() == "localhost");
}

TEST_CASE("normalize_name: what is no host name is refused") {
    using namespace std::literals;
    for (const auto bad : {""sv, "."sv, "a..b"sv, ".a"sv, "example.com.."sv, "exa mple.com"sv,
                           "b\xc3\xbc"
                           "cher.de"sv,
                           "good.com\0.evil.com"sv, "a/b"sv, "a:b"sv, "*.example.com"sv, "a@b"sv, "a\nb"sv}) {
        CAPTURE(bad);
        CHECK(normalize_name(bad).has_error());
    }
    CHECK(normalize_name(std::string(64, 'a') + ".com").has_error());
    CHECK(normalize_name(std::string(63, 'a') + ".com").has_value());
    std::string longest;
    while (longest.size() < 250) longest += "a.";
    CHECK(normalize_name(longest + "abc").has_value());
    CHECK(normalize_name(longest + "abcd").has_error());
}

TEST_CASE("normalize_name: an address in any form is no name") {
    for (const char* bad : {"127.0.0.1", "1", "0x7f.1", "0x7f000001", "2130706433", "0177.0.0.1", "a.0x", "a.b.9",
                            "[::1]", "::1", "1.2.3.4."}) {
        CAPTURE(bad);
        CHECK(normalize_name(bad).has_error());
    }
    CHECK(normalize_name("1.com").value() == "1.com");
    CHECK(normalize_name("0x1.example").value() == "0x1.example");
    CHECK(normalize_name("9gag").value() == "9gag");
}

TEST_CASE("normalize_name: a message never carries a control byte") {
    const auto failed = normalize_name("a\x1b]0;x\x07.com");
    REQUIRE(failed.has_error());
    for (const char c : failed.error().message) CHECK(static_cast<unsigned char>(c) >= 0x20);
}
