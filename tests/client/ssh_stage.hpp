// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/client/stage.hpp"
#include "tests/support/real_sshd.hpp"
#include <string>
#include <string_view>
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

    Stage stage;
    RealSshd sshd;
    FakeDaemon daemon{stage.runtime(), sshd.script()};
};

}  // namespace isag::test
