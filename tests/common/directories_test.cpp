// SPDX-License-Identifier: Apache-2.0
#include "common/directories.hpp"
#include "common/error.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace isag;
namespace fs = std::filesystem;

TEST_CASE("directories: the variables say where") {
    const Environment environment{{"HOME", "/home/ann"},
                                  {"XDG_RUNTIME_DIR", "/run/user/7"},
                                  {"XDG_STATE_HOME", "/s"},
                                  {"XDG_CACHE_HOME", "/c"},
                                  {"XDG_CONFIG_HOME", "/x"}};
    const auto found = find_directories(environment, 7);
    CHECK(found.home == "/home/ann");
    CHECK(found.runtime == "/run/user/7/isag");
    CHECK(found.state == "/s/isag");
    CHECK(found.cache == "/c/isag");
    CHECK(found.config == "/x/isag");
    CHECK(found.socket() == "/run/user/7/isag/isagd.sock");
}

TEST_CASE("directories: without them, or with relative ones, it is the usual places below home") {
    for (const Environment& environment :
         {Environment{{"HOME", "/home/ann"}},
          Environment{{"HOME", "/home/ann"}, {"XDG_STATE_HOME", "s"}, {"XDG_CACHE_HOME", ""}}}) {
        const auto found = find_directories(environment, 54321);
        CHECK(found.state == "/home/ann/.local/state/isag");
        CHECK(found.cache == "/home/ann/.cache/isag");
        CHECK(found.config == "/home/ann/.config/isag");
        CHECK(found.runtime == "/tmp/isag-54321");
    }
}

TEST_CASE("directories: without HOME it is what the user database says") {
    CHECK(find_directories({}, 0).home == "/root");
    CHECK(find_directories({{"HOME", "relative"}}, 0).home == "/root");
    CHECK(find_directories({}, 54321).home == "/");
}

TEST_CASE("directories: a private folder is made with its parents, and taken again") {
    test::TempFolder folder;
    const fs::path path = folder / "a" / "b" / "private";
    const mode_t before = ::umask(0);
    make_private_directory(path);
    ::umask(before);
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0700);
    make_private_directory(path);
}

TEST_CASE("directories: a folder that others can enter, a file or a link is refused") {
    test::TempFolder folder;
    fs::create_directory(folder / "wide");
    for (const mode_t mode : {0755, 0710, 0701, 0770}) {
        ::chmod((folder / "wide").c_str(), mode);
        CHECK_THROWS_AS(make_private_directory(folder / "wide"), Error);
    }
    ::chmod((folder / "wide").c_str(), 0700);
    make_private_directory(folder / "wide");
    fs::create_symlink("wide", folder / "link");
    CHECK_THROWS_AS(make_private_directory(folder / "link"), Error);
    CHECK_THROWS_AS(make_private_directory("/dev/null"), Error);
    CHECK_THROWS_AS(make_private_directory("/dev/null/folder"), Error);
}

TEST_CASE("directories: another user's folder is refused") {
    if (::geteuid() != 0) return;  // only root can make one
    test::TempFolder folder;
    fs::create_directory(folder / "theirs");
    ::chmod((folder / "theirs").c_str(), 0700);
    REQUIRE(::chown((folder / "theirs").c_str(), 54321, 54321) == 0);
    CHECK_THROWS_AS(make_private_directory(folder / "theirs"), Error);
}
