// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_include.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "proto/forward.hpp"
#include "tests/client/stage.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;

namespace {

const fs::path included = "/state/ssh_config";
const fs::path ann = "/home/ann";
const std::string line = "Include /state/ssh_config";
const std::string quoted = "Include \"/state/ssh_config\"";

unsigned mode_of_file(const fs::path& path) {
    struct stat info {};
    REQUIRE(::lstat(path.c_str(), &info) == 0);
    return info.st_mode & 07777U;
}

}  // namespace

TEST_CASE("isag's line goes to the top once, and taken out again leaves every other byte as it was") {
    CHECK(include_line(included) == line);
    for (const std::string text : {"", "Host a\n  User b\n", "Host a\r\n  User b\r\n", "no newline at the end",
                                   "Include \"/state/ssh_config.d/x\"\nHost *\n", "\n\n# only this"}) {
        CAPTURE(text);
        const auto with = with_include(text, included, ann);
        CHECK(with == line + "\n" + text);
        CHECK(with_include(with, included, ann) == with);
        CHECK(without_include(with, included, ann) == text);
        CHECK(without_include(text, included, ann) == text);
    }
    CHECK(has_include("# a\n" + line + "\r\nHost b\n", included, ann));
    CHECK(without_include("Host a\n" + line, included, ann) == "Host a\n");
    CHECK(!has_include("  # " + line + "\n", included, ann));
}

TEST_CASE("isag's line has quotes only where the path needs them, and is known with and without") {
    CHECK(include_line("/home/a b/ssh_config") == "Include \"/home/a b/ssh_config\"");
    CHECK(include_line("/home/#1/ssh_config") == "Include \"/home/#1/ssh_config\"");
    CHECK(include_line("/home/zoë/.local/ssh_config") == "Include /home/zoë/.local/ssh_config");
    const std::string before = "# a\n" + quoted + "\r\nHost b\n";
    CHECK(has_include(before, included, ann));
    CHECK(with_include(before, included, ann) == "# a\n" + line + "\r\nHost b\n");
    CHECK(without_include(before, included, ann) == "# a\nHost b\n");
    CHECK(without_include("Host a\n" + quoted + "\r\nHost b\n", included, ann) == "Host a\nHost b\n");
    CHECK(without_include(quoted + "\n" + line + "\n", included, ann) == "");
}

TEST_CASE("isag's line is known however a person wrote it, and then left as it is") {
    const fs::path state = "/home/ann/.local/state/isag/ssh_config";
    for (const std::string own : {"Include ~/.local/state/isag/ssh_config", "  include=../.local/state/isag/ssh_config",
                                  "INCLUDE \"/home/ann/.local/state/isag//ssh_config\""}) {
        CAPTURE(own);
        CHECK(has_include(own + "\nHost a\n", state, ann));
        CHECK(with_include(own + "\nHost a\n", state, ann) == own + "\nHost a\n");
        CHECK(without_include(own + "\nHost a\n", state, ann) == "Host a\n");
    }
    for (const fs::path odd : {"/s/x=y/ssh_config", "/home/ann/./state/../ssh_config"}) {
        CAPTURE(odd);
        CHECK(with_include(with_include("", odd, ann), odd, ann) == include_line(odd) + "\n");
        CHECK(without_include(include_line(odd) + "\n", odd, ann) == "");
    }
    CHECK(has_include("Include ~/.local/state/isag/ssh_config # isag's\n", state, ann));
    for (const std::string other :
         {"Include ~/.local/state/isag/ssh_config more", "Include", "Include ~/.LOCAL/state/isag/ssh_config",
          "Included ~/.local/state/isag/ssh_config", "Include ~bob/.local/state/isag/ssh_config"})
        CHECK_FALSE(has_include(other + "\n", state, ann));
}

TEST_CASE("isag's line below a Host or Match of some hosts applies to those alone: it is moved to the top") {
    for (const std::string block : {"Host a", "  host=a b", "HOST \"a\"", "Host * !a", "Match host a",
                                    "Match all host a", "Host *\n  User x\nMatch user x"}) {
        CAPTURE(block);
        for (const auto& form : {line, quoted}) {
            const std::string before = block + "\n" + form + "\r\n  Port 1\n";
            CHECK(!has_include(before, included, ann));
            CHECK(with_include(before, included, ann) == line + "\n" + block + "\n  Port 1\n");
        }
    }
    CHECK(with_include("Host a\n" + line, included, ann) == line + "\nHost a\n");
    const std::string twice = line + "\nHost a\n" + line + "\n";
    CHECK(with_include(twice, included, ann) == twice);
    for (const std::string block : {"Host *", "Host a\nHost *", "Host = \"*\"", "Match all", "match ALL", "# Host a"}) {
        CAPTURE(block);
        CHECK(has_include(block + "\n" + line + "\n", included, ann));
        CHECK(with_include(block + "\n" + quoted + "\n", included, ann) == block + "\n" + line + "\n");
    }
}

TEST_CASE("isag ssh-config --install: where ~/.ssh/config can't be written, the error names the line, or what to do") {
    const test::Stage stage;
    const fs::path home = stage.scratch.path();
    test::FakeDaemon daemon(stage.runtime(), [](test::FakePeer& peer) {
        while (const auto request = peer.receive()) {
            proto::SshConfigReply reply;
            reply.file = included.string();
            peer.reply(*request, reply);
        }
    });
    fs::create_directories(home / ".ssh/config");
    const auto folder = stage.isag({"ssh-config", "--install"});
    CHECK(folder.status == 1);
    CHECK(folder.err == "isag: " + (home / ".ssh/config").string() +
                            " is no file\n  add this line yourself, at the top of what ssh reads: " + line + "\n");
    fs::remove(home / ".ssh/config");
    if (::geteuid() == 0) {  // who may write everywhere
        write_file(home / ".ssh/config", "Host a\n");
        REQUIRE(::chown((home / ".ssh/config").c_str(), 65534, 65534) == 0);
        const auto foreign = stage.isag({"ssh-config", "--install"});
        CHECK(foreign.err ==
              "isag: " + (home / ".ssh/config").string() +
                  " is no file of yours\n  add this line yourself, at the top of what ssh reads: " + line + "\n");
        return;
    }
    fs::permissions(home / ".ssh", fs::perms(0500));
    const auto closed = stage.isag({"ssh-config", "--install"});
    fs::permissions(home / ".ssh", fs::perms(0700));
    CHECK(closed.err == "isag: cannot write in " + (home / ".ssh").string() +
                            ": Permission denied\n  is it yours? 'chmod u+w' makes it writable then\n");
    CHECK(daemon.failure() == "");
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
    write_ssh_config(home.path(), "");
    CHECK(!fs::exists(home / ".ssh/config"));
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
    if (::geteuid() != 0) CHECK(!read_ssh_config(home.path()).empty());  // the line may be there
    CHECK_THROWS_AS(write_ssh_config(home.path(), "x"), Error);
}

}  // namespace isag
