// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_keys.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "tests/support/program.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

mode_t mode_of(const fs::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("ssh keys are made once, as OpenSSH writes them, and kept") {
    const test::TempFolder scratch;
    const fs::path folder = scratch.path() / "ssh";
    const mode_t before = ::umask(0);
    ensure_ssh_keys(folder);
    ::umask(before);
    CHECK(mode_of(folder) == 0700);
    std::string kept;
    for (const char* name : {"id_ed25519", "ssh_host_ed25519_key"}) {
        CAPTURE(name);
        CHECK(mode_of(folder / name) == 0600);
        CHECK(mode_of((folder / name).string() + ".pub") == 0644);
        const auto text = read_file(folder / name).value();
        CHECK(text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----\n"));
        kept += text;
        const auto listed = test::run_program({"ssh-keygen", "-lf", (folder / name).string()}, current_environment());
        CHECK(listed.status == 0);
        CHECK(listed.out.find("(ED25519)") != std::string::npos);
        const auto derived = test::run_program({"ssh-keygen", "-yf", (folder / name).string()}, current_environment());
        const auto public_text = read_file((folder / name).string() + ".pub").value();
        CHECK(derived.out.substr(0, 80) == public_text.substr(0, 80));
    }
    ensure_ssh_keys(folder);
    CHECK(read_file(folder / "id_ed25519").value() + read_file(folder / "ssh_host_ed25519_key").value() == kept);
    CHECK(std::distance(fs::directory_iterator(folder), fs::directory_iterator()) == 4);
}

TEST_CASE("a public key that is missing is written again") {
    const test::TempFolder scratch;
    ensure_ssh_keys(scratch.path() / "ssh");
    const fs::path path = scratch.path() / "ssh/id_ed25519.pub";
    const auto text = read_file(path).value();
    fs::remove(path);
    ensure_ssh_keys(scratch.path() / "ssh");
    CHECK(read_file(path).value() == text);
}

TEST_CASE("keys that are open to others, broken, or links are refused") {
    const test::TempFolder scratch;
    const fs::path folder = scratch.path() / "ssh";
    ensure_ssh_keys(folder);
    ::chmod((folder / "id_ed25519").c_str(), 0640);
    CHECK_THROWS_AS(ensure_ssh_keys(folder), Error);
    write_file(folder / "id_ed25519", "not a key");
    CHECK_THROWS_AS(ensure_ssh_keys(folder), Error);
    fs::remove(folder / "id_ed25519");
    fs::create_symlink(folder / "ssh_host_ed25519_key", folder / "id_ed25519");
    CHECK_THROWS_AS(ensure_ssh_keys(folder), Error);
    fs::remove(folder / "id_ed25519");
    ensure_ssh_keys(folder);
    ::chmod(folder.c_str(), 0755);
    CHECK_THROWS_AS(ensure_ssh_keys(folder), Error);
}

}  // namespace isag
