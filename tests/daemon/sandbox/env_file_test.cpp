// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/env_file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

TEST_CASE("parse_env_file: names, values, quotes, comments, export") {
    const auto parsed =
        parse_env_file("A=1\n# no\n\n  B = two words \nexport C=\"q u\"\nD='$x'\nE=\nF=a=b\r\nG=\"half\nH=last", "f");
    REQUIRE(parsed.has_value());
    CHECK(*parsed == Environment{{"A", "1"},
                                 {"B", "two words"},
                                 {"C", "q u"},
                                 {"D", "$x"},
                                 {"E", ""},
                                 {"F", "a=b"},
                                 {"G", "\"half"},
                                 {"H", "last"}});
    CHECK(parse_env_file("", "f")->empty());
}

TEST_CASE("parse_env_file: a bad line is named by its number, and never shown") {
    using namespace std::string_literals;
    for (const auto& text : {"A=1\nsecret\n"s, "\n=secret"s, "#\n1A=secret"s, "A=1\nA B=secret"s, "\nA=se\0cret"s}) {
        const auto parsed = parse_env_file(text, "f");
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().message == "f:2: not of the form NAME=VALUE");
    }
}

TEST_CASE("parse_env_file: names that change how programs are loaded are refused") {
    for (const char* name : {"LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT", "GLIBC_TUNABLES", "GCONV_PATH", "BASH_ENV"}) {
        const auto parsed = parse_env_file(std::string(name) + "=x", "f");
        REQUIRE(parsed.has_error());
        CHECK(parsed.error().message ==
              "f:1: " + std::string(name) + " is refused: it changes how every program is loaded");
    }
}

TEST_CASE("read_env_file: a regular file of the person's own, reached through no link, of at most 64 KiB") {
    test::TempFolder folder;
    ::chmod(folder.path().c_str(), 0777);
    const auto file = folder.path() / "env";
    std::ofstream(file) << "A=1\n";
    CHECK(read_env_file(file, ::geteuid())->at("A") == "1");
    CHECK(read_env_file(file, ::geteuid() + 1).error().message == file.string() + " does not belong to you");
    fs::create_symlink("env", folder.path() / "link");
    CHECK(read_env_file(folder.path() / "link", ::geteuid()).has_error());
    CHECK(read_env_file(folder.path(), ::geteuid()).error().message ==
          folder.path().string() + " is not a regular file");
    ::mkfifo((folder.path() / "fifo").c_str(), 0600);
    CHECK(read_env_file(folder.path() / "fifo", ::geteuid()).has_error());  // and does not wait for a writer
    CHECK(read_env_file(folder.path() / "missing", ::geteuid()).has_error());
    std::ofstream(folder.path() / "large") << "A=" << std::string(65536, 'x');
    CHECK(read_env_file(folder.path() / "large", ::geteuid()).has_error());
}
