// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>

namespace isag {
namespace fs = std::filesystem;

namespace {

const std::string line = "Include \"/state/ssh_config\"";

unsigned mode_of_file(const fs::path& path) {
    struct stat info {};
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

}  // namespace

TEST_CASE("isag's line goes to the top once, and taken out again leaves every other byte as it was") {
    CHECK(include_line("/state/ssh_config") == line);
    for (const std::string text : {"", "Host a\n  User b\n", "Host a\r\n  User b\r\n", "no newline at the end",
                                   "Include \"/state/ssh_config.d/x\"\nHost *\n", "\n\n# only this"}) {
        CAPTURE(text);
        const auto with = with_line(text, line);
        CHECK(with == line + "\n" + text);
        CHECK(with_line(with, line) == with);
        CHECK(without_line(with, line) == text);
        CHECK(without_line(text, line) == text);
    }
    CHECK(has_line("Host a\n" + line + "\r\nHost b\n", line));
    CHECK(without_line("Host a\n" + line, line) == "Host a\n");
    CHECK(!has_line("  # " + line + "\n", line));
}

TEST_CASE("a missing ~/.ssh/config is made for its owner alone, and one that is there keeps its mode") {
    const test::TempFolder home;
    CHECK(read_ssh_config(home.path()).empty());
    write_ssh_config(home.path(), "one\n");
    CHECK(mode_of_file(home / ".ssh") == 0700);
    CHECK(mode_of_file(home / ".ssh/config") == 0600);
    fs::permissions(home / ".ssh/config", fs::perms(0644));
    write_ssh_config(home.path(), "two\n");
    CHECK(mode_of_file(home / ".ssh/config") == 0644);
    CHECK(read_ssh_config(home.path()) == "two\n");
}

TEST_CASE("a ~/.ssh/config that is a link stays one, and what it leads to is changed") {
    const test::TempFolder home;
    fs::create_directories(home / ".ssh");
    fs::create_directories(home / "dotfiles");
    write_file(home / "dotfiles/ssh", "Host a\n");
    fs::create_symlink("../dotfiles/ssh", home / ".ssh/config");
    write_ssh_config(home.path(), "changed\n");
    CHECK(fs::is_symlink(home / ".ssh/config"));
    CHECK(read_file(home / "dotfiles/ssh").value() == "changed\n");
    fs::remove(home / "dotfiles/ssh");
    CHECK_THROWS_AS(read_ssh_config(home.path()), Error);
    CHECK_THROWS_AS(write_ssh_config(home.path(), "lost"), Error);
}

TEST_CASE("a ~/.ssh/config that is no file of the person's is left alone") {
    const test::TempFolder home;
    fs::create_directories(home / ".ssh/config");
    CHECK_THROWS_AS(read_ssh_config(home.path()), Error);
    fs::remove(home / ".ssh/config");
    fs::create_symlink(::geteuid() == 0 ? "/proc/self" : "/etc/passwd", home / ".ssh/config");
    CHECK_THROWS_AS(write_ssh_config(home.path(), "x"), Error);
}

}  // namespace isag
