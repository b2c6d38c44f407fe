// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/refusal.hpp"
#include "daemon/engine/find.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

Directories directories() {
    return {.home = "/home/pat",
            .runtime = "/run/user/7/isag",
            .state = "/home/pat/.local/state/isag",
            .cache = "/home/pat/.cache/isag",
            .config = "/home/pat/.config/isag"};
}

}  // namespace

TEST_CASE("is_within: whole names, and itself") {
    CHECK(is_within("/a/b", "/a"));
    CHECK(is_within("/a", "/a"));
    CHECK(is_within("/a", "/"));
    CHECK_FALSE(is_within("/ab", "/a"));
    CHECK_FALSE(is_within("/a", "/a/b"));
}

TEST_CASE("Refusals: the list of F1, what holds it, and what lies in it") {
    const Refusals refusals(directories(), engine::known_sockets("/srv/engine/docker.sock", directories()));
    const char* refused[] = {"/",
                             "/home",
                             "/home/pat",
                             "/home/pat/.ssh",
                             "/home/pat/.ssh/id_ed25519",
                             "/home/pat/.gnupg",
                             "/run",
                             "/run/user/7",
                             "/run/user/7/isag/sandboxes",
                             "/home/pat/.local",
                             "/home/pat/.local/state/isag/sandboxes",
                             "/home/pat/.local/share/docker",
                             "/home/pat/.cache",
                             "/home/pat/.config",
                             "/home/pat/.config/isag",
                             "/var/run/docker.sock",
                             "/run/docker.sock",
                             "/run/containerd/containerd.sock",
                             "/run/crio",
                             "/run/user/7/podman",
                             "/run/user/7/podman/podman.sock",
                             "/run/user/7/systemd",
                             "/run/user/7/systemd/private",
                             "/var/lib/docker/volumes",
                             "/srv/engine",
                             "/srv",
                             "/srv/engine/docker.sock",
                             "/proc/1/root",
                             "/sys",
                             "/dev/sda"};
    for (const char* path : refused) {
        CAPTURE(path);
        CHECK(refusals.check(path).has_value());
    }
}

TEST_CASE("Refusals: ordinary places are none") {
    const Refusals refusals(directories(), {});
    for (const char* path : {"/home/pat/web", "/home/pat/.claude", "/home/pat/.cache/claude", "/home/pat/.sshd",
                             "/srv/x", "/tmp/x", "/home/other/x", "/home/pat/.config/nvim"}) {
        CAPTURE(path);
        CHECK_FALSE(refusals.check(path).has_value());
    }
}

TEST_CASE("Refusals: the message names the place and how it relates") {
    const Refusals refusals(directories(), {});
    CHECK(refusals.check("/home/pat")->message == "/home/pat is your home folder");
    CHECK(refusals.check("/home")->message == "/home holds your home folder (/home/pat)");
    CHECK(refusals.check("/home/pat/.ssh/x")->message == "/home/pat/.ssh/x lies in your SSH keys (/home/pat/.ssh)");
    CHECK_FALSE(refusals.check("/")->hint.empty());
}

TEST_CASE("Refusals: a home that is reached through a link is refused by its true name as well") {
    test::TempFolder folder;
    const fs::path real = fs::canonical(folder.path()) / "real/pat";
    fs::create_directories(real / ".ssh");
    fs::create_directory_symlink(folder.path() / "real", folder.path() / "home");
    Directories linked = directories();
    linked.home = folder.path() / "home/pat";
    const Refusals refusals(linked, {});
    CHECK(refusals.check(real).has_value());
    CHECK(refusals.check(real / ".ssh/id").has_value());
    CHECK_FALSE(refusals.check(real / "web").has_value());
}
