// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/ssh_files.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <cstdlib>
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

std::string variables_line(const Environment& environment) {
    const std::string config = sshd_config(environment);
    const auto at = config.find("SetEnv ");
    return at == std::string::npos ? std::string() : config.substr(at);
}

}  // namespace

TEST_CASE("sshd_config: variables are one quoted line, without what the login decides and what can't be said") {
    CHECK(variables_line({}).empty());
    CHECK(variables_line({{"A", "1"},
                          {"JSON", "{\"a\": \"b\\c\"} # x"},
                          {"HOME", "/x"},
                          {"TERM", "vt100"},
                          {"SSH_AUTH_SOCK", "/x"},
                          {"TWO", "a\nb"},
                          {"bad name", "x"},
                          {"", "x"},
                          {"1ST", "x"}}) == "SetEnv \"A=1\" \"JSON={\\\"a\\\": \\\"b\\\\c\\\"} # x\"\n");
    CHECK(variables_line({{"PATH", "/opt/x:/bin"}}) == "SetEnv \"ISAG_PATH=/opt/x:/bin\" \"PATH=/opt/x:/bin\"\n");
}

TEST_CASE("sshd_config: nothing but the one key opens it") {
    const std::string config = sshd_config({});
    for (const char* line : {"PasswordAuthentication no\n", "KbdInteractiveAuthentication no\n", "PermitRootLogin no\n",
                             "AuthenticationMethods publickey\n", "GatewayPorts no\n", "X11Forwarding no\n"})
        CHECK(config.find(line) != std::string::npos);
}

TEST_CASE("login_profile: the image's PATH is back, and where none was said nothing changes") {
    const test::TempFolder folder;
    write_file(folder / "profile", login_profile());
    const std::string run = "sh -euc 'PATH=/bin; . " + (folder / "profile").string() + "; test \"$PATH\" = ";
    CHECK(std::system((run + "/bin'").c_str()) == 0);
    CHECK(std::system(("ISAG_PATH=/opt/x:/bin " + run + "/opt/x:/bin -a -z \"${ISAG_PATH-}\"'").c_str()) == 0);
}

TEST_CASE("write_ssh_files: for the owner's eyes alone, and what is right stays the same file") {
    const test::TempFolder folder;
    const fs::path ssh = folder / "ssh";
    const SshKeys keys{"host key\n", "ssh-ed25519 AAAA\n"};
    write_ssh_files(ssh, keys, {{"A", "1"}}, ::geteuid());
    struct stat before {};
    struct stat after {};
    for (const char* file : {"ssh_host_ed25519_key", "authorized_keys", "sshd_config"}) {
        REQUIRE(::stat((ssh / file).c_str(), &before) == 0);
        CHECK((before.st_mode & 07777) == 0600);
    }
    CHECK(read_file(ssh / "authorized_keys").value() == keys.authorized);
    write_ssh_files(ssh, keys, {{"A", "1"}}, ::geteuid());
    REQUIRE(::stat((ssh / "sshd_config").c_str(), &after) == 0);
    CHECK(after.st_ino == before.st_ino);
    write_ssh_files(ssh, keys, {{"A", "2"}}, ::geteuid());
    CHECK(read_file(ssh / "sshd_config").value() == sshd_config({{"A", "2"}}));
    CHECK(std::distance(fs::directory_iterator(ssh), fs::directory_iterator()) == 3);

    if (::geteuid() != 0) return;
    write_ssh_files(ssh, {"other\n", "key\n"}, {}, 4711);
    REQUIRE(::stat((ssh / "ssh_host_ed25519_key").c_str(), &after) == 0);
    CHECK(after.st_uid == 4711);
    CHECK((after.st_mode & 07777) == 0600);
}

TEST_CASE("read_ssh_keys: keys that are not there are an error that says how to make them") {
    const test::TempFolder folder;
    try {
        read_ssh_keys(folder.path());
        FAIL("there are none");
    } catch (const Error& error) {
        CHECK(error.message().starts_with("the sandbox has no SSH keys: cannot read "));
        CHECK(error.hint().starts_with("'isag build' makes them"));
    }
}
