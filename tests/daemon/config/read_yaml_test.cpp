// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/read_yaml.hpp"
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {

TEST_CASE("scalars keep their text, their place, and whether they had quotes") {
    const auto document = read_yaml("a: 3.10\nb:\n  - '3.10'\n  - ~\n  - ''\n");
    REQUIRE(document.findings.empty());
    const Node& root = document.root;
    REQUIRE(root.keys.size() == 2);
    CHECK(root.keys[1].text == "b");
    CHECK(root.keys[1].line == 2);
    CHECK(root.items[0].text == "3.10");
    CHECK(root.items[0].plain);
    CHECK(root.items[0].column == 4);
    const Node& list = root.items[1];
    REQUIRE(list.items.size() == 3);
    CHECK(list.items[0].text == "3.10");
    CHECK_FALSE(list.items[0].plain);
    CHECK(list.items[0].line == 3);
    CHECK(list.items[1].is_null());
    CHECK(list.items[2].is_scalar());
}

TEST_CASE("an alias is a copy of what it names") {
    const auto document = read_yaml("a: &x [1, 2]\nb: *x\n");
    REQUIRE(document.root.items.size() == 2);
    CHECK(document.root.items[1].items.size() == 2);
    CHECK(document.root.items[1].items[1].text == "2");
}

TEST_CASE("aliases that multiply are refused early") {
    std::string text = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 12; ++i) {
        const std::string before = "*a" + std::to_string(i - 1);
        const std::string name = "a" + std::to_string(i);
        text += name + ": &" + name + " [";
        for (int j = 0; j < 9; ++j) text += before + (j < 8 ? ", " : "]\n");
    }
    CHECK(lines(read_yaml(text).findings).find("more than 100000 values, aliases counted each time") !=
          std::string::npos);
}

TEST_CASE("aliases that nest deeper with each use are refused") {
    std::string text = "a0: &a0 [x]\n";
    for (int i = 1; i < 40; ++i)
        text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [*a" + std::to_string(i - 1) + "]\n";
    CHECK(lines(read_yaml(text).findings).find("nested too deeply") != std::string::npos);
}

TEST_CASE("deep nesting is refused") {
    for (const char* open : {"[", "{a: ", "- ", "? ", "&x ["}) {
        std::string text;
        for (int i = 0; i < 3000; ++i) text += open;
        CAPTURE(std::string(open));
        CHECK_FALSE(read_yaml(text).findings.empty());
    }
}

TEST_CASE("many values and a large file are refused") {
    std::string many = "[";
    for (int i = 0; i < 100'001; ++i) many += "1,";
    CHECK(lines(read_yaml(many + "]").findings).find("more than 100000 values") != std::string::npos);
    CHECK(lines(read_yaml(std::string((1 << 20) + 1, '#')).findings) == "isag.yaml: larger than 1048576 bytes");
    CHECK(read_yaml(std::string(1 << 20, '#')).findings.empty());
}

TEST_CASE("every line with a control character or broken UTF-8 is named, up to a limit") {
    CHECK(lines(read_yaml("a: \x04\nb: 1\nc: \xc3\n").findings) ==
          "isag.yaml:1:4: a control character or a byte that is not UTF-8; allowed: UTF-8 text\n"
          "isag.yaml:3:4: a control character or a byte that is not UTF-8; allowed: UTF-8 text");
    std::string binary;
    for (int i = 0; i < 1000; ++i) binary += "\x7f\n";
    CHECK(read_yaml(binary).findings.size() == 20);
    CHECK_FALSE(read_yaml(std::string("\0\0", 2)).findings.empty());
}

TEST_CASE("a byte order mark is no part of the first key") {
    const auto document = read_yaml(
        "\xef\xbb\xbf"
        "a: 1\n");
    REQUIRE(document.root.keys.size() == 1);
    CHECK(document.root.keys[0].text == "a");
}

}  // namespace isag::config
