// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/client/stage.hpp"
#include "tests/support/real_sshd.hpp"
#include <doctest/doctest.h>
#include <grp.h>
#include <pty.h>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace isag::test {

// A fake isagd with OpenSSH's sshd behind it, as the sandbox "web".
struct SshStage {
    explicit SshStage(const std::string& more_config = {}) : sshd(stage.scratch.path(), more_config) {}

    static std::vector<std::string> words(std::vector<std::string> more) {
        more.insert(more.begin(), "ssh");
        return Stage::command(more);
    }
    Finished ssh(const std::string& command, std::string_view input = {}) const {
        return stage.isag({"ssh", "web", command}, input);
    }
    Pty::Options on_terminal(const std::vector<std::string>& more) const {
        auto options = stage.terminal({});
        options.argv = words(more);
        return options;
    }

    // An unprivileged sshd gives its terminals to the group tty, which the kernel has to have done already. Says so
    // where it has not.
    static bool has_terminals() {
        int ends[2];
        struct stat info {};
        const group* const tty = ::getgrnam("tty");
        if (::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) != 0) return false;
        const UniqueFd master(ends[0]), slave(ends[1]);
        const bool out = ::geteuid() == 0 || (tty && ::fstat(slave.get(), &info) == 0 && info.st_gid == tty->gr_gid);
        if (!out) MESSAGE("skipped: /dev/pts is not mounted with gid=tty, so sshd has no terminals for this user");
        return out;
    }

    Stage stage;
    RealSshd sshd;
    FakeDaemon daemon{stage.runtime(), sshd.script()};
};

}  // namespace isag::test
