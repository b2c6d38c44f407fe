// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "tests/support/fake_daemon.hpp"
#include "tests/support/program.hpp"
#include "tests/support/pty.hpp"
#include "tests/support/temp_folder.hpp"
#include <string>
#include <vector>

namespace isag::test {

// A scratch home with an isag.yaml, and the isag program pointed at it.
struct Stage {
    Stage() {
        environment = current_environment();
        environment["HOME"] = scratch.path().string();
        environment["XDG_RUNTIME_DIR"] = runtime().string();
        environment["TERM"] = "xterm-256color";
        for (const char* name : {"XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_COLOR"})
            environment.erase(name);
        std::filesystem::create_directory(runtime());
    }
    std::filesystem::path runtime() const { return scratch.path() / "run"; }
    std::string config() const { return (scratch.path() / "isag.yaml").string(); }

    static std::vector<std::string> command(const std::vector<std::string>& arguments) {
        std::vector<std::string> argv{ISAG_PROGRAM};
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return argv;
    }
    Finished isag(const std::vector<std::string>& arguments, std::string_view input = {}) const {
        return run_program(command(arguments), environment, input);
    }
    // isag run -c CONFIG -- arguments
    std::vector<std::string> run_command(const std::vector<std::string>& arguments) const {
        auto argv = command({"run", "-c", config(), "--"});
        argv.insert(argv.end(), arguments.begin(), arguments.end());
        return argv;
    }
    Finished isag_run(const std::vector<std::string>& arguments, std::string_view input = {}) const {
        return run_program(run_command(arguments), environment, input);
    }
    Pty::Options terminal(const std::vector<std::string>& arguments) const {
        Pty::Options options;
        options.argv = run_command(arguments);
        options.environment = environment;
        return options;
    }

    TempFolder scratch;
    Environment environment;
};

}  // namespace isag::test
