// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/path.hpp"
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {
namespace {

std::string expanded(std::string_view text) { return expand(text, test_environment()).value(); }
std::string failure(std::string_view text) { return expand(text, test_environment()).error().message; }

}  // namespace

TEST_CASE("a tilde at the start is the home, elsewhere itself") {
    CHECK(expanded("~") == "/home/ann");
    CHECK(expanded("~/x") == "/home/ann/x");
    CHECK(expanded("a~/~") == "a~/~");
    CHECK(failure("~root/x").starts_with("~ stands for your own home only"));
}

TEST_CASE("variables expand with and without braces, once") {
    CHECK(expanded("$DATA/x") == "/data/sets/x");
    CHECK(expanded("${DATA}x$EMPTY") == "/data/setsx");
    CHECK(expanded("$$DATA$$") == "$DATA$");
    const Environment nested = {{"A", "$B"}, {"B", "x"}};
    CHECK(expand("$A", nested).value() == "$B");
}

TEST_CASE("an unset variable and a stray dollar sign are failures") {
    CHECK(failure("$DATAX") == "the variable DATAX is not set");
    for (const char* text : {"$", "a$/b", "${DATA", "${}", "${DATA:-x}", "$1"}) {
        CAPTURE(std::string(text));
        CHECK(failure(text).starts_with("a $ that starts no variable"));
    }
}

TEST_CASE("an empty HOME is none") { CHECK(expand("~", Environment{{"HOME", ""}}).has_error()); }

TEST_CASE("host paths become absolute and normal") {
    const auto path = [](std::string_view text) { return host_path(text, "/srv/demo", test_environment()).value(); };
    CHECK(path(".") == "/srv/demo");
    CHECK(path("./a//b/../c/") == "/srv/demo/a/c");
    CHECK(path("../../..") == "/");
    CHECK(path("/") == "/");
    CHECK(path("$DATA/") == "/data/sets");
}

TEST_CASE("a host path that a variable makes unreadable is refused") {
    CHECK(host_path("$X", "/", Environment{{"X", "a\nb"}}).has_error());
    CHECK(host_path("$X", "/", Environment{{"X", "a\xff"}}).has_error());
    CHECK(host_path(std::string(5000, 'a'), "/", {}).has_error());
}

TEST_CASE("container paths are absolute, without dots, and not the root") {
    CHECK(container_path("/a/./b//").value() == "/a/b");
    for (const char* text : {"", "a", "/", "//", "/.", "/a/..", "/a/../b", "//a", "."}) {
        CAPTURE(std::string(text));
        CHECK(container_path(text).has_error());
    }
}

TEST_CASE("an escaped path expands to itself") {
    for (const char* text : {"/a$b/$$", "/plain", "/~"}) CHECK(expanded(escape_path(text)) == text);
}

}  // namespace isag::config
