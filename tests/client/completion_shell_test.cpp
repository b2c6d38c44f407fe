// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <unistd.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::Stage;
namespace fs = std::filesystem;
namespace {

// A shell in a folder with some files, with isag in its PATH.
struct ShellStage : Stage {
    ShellStage() {
        fs::create_directories(scratch / "here/sub");
        for (const char* name : {"here/isag.yaml", "here/it has spaces", "here/other"}) write_file(scratch / name, "");
        environment["PATH"] = fs::path(ISAG_PROGRAM).parent_path().string() + ":/usr/local/bin:/usr/bin:/bin";
        environment["ZDOTDIR"] = scratch.path().string();
        environment["XDG_CONFIG_HOME"] = scratch.path().string();
        environment["XDG_DATA_HOME"] = scratch.path().string();
        environment["TERM"] = "dumb";
    }
    std::string here() const { return (scratch / "here").string(); }
    // What bash would complete the line to, sorted, a bar behind each.
    std::string bash(const std::vector<std::string>& words, const std::string& line) const {
        const std::string script =
            "cd \"$1\"; source <(isag completion bash); COMP_LINE=$2; COMP_POINT=${#2}; shift 2; COMP_WORDS=(\"$@\"); "
            "COMP_CWORD=$(($# - 1)); _isag; printf '%s\\n' \"${COMPREPLY[@]}\" | LC_ALL=C sort | tr '\\n' '|'";
        std::vector<std::string> argv{"/bin/bash", "--norc", "-c", script, "bash", here(), line};
        argv.insert(argv.end(), words.begin(), words.end());
        const auto done = test::run_program(argv, environment);
        return done.err + done.out;
    }
    Pty::Options shell(const std::vector<std::string>& argv) const {
        Pty::Options options;
        options.argv = argv;
        options.environment = environment;
        options.directory = here();
        return options;
    }
};

void answer_ps(FakePeer& peer) {
    const auto request = peer.receive();
    if (!request) return;
    proto::PsReply reply;
    for (const char* name : {"web", "wide", "api"}) {
        proto::SandboxInfo sandbox;
        sandbox.name = name;
        reply.sandboxes.push_back(sandbox);
    }
    peer.reply(*request, reply);
}

std::string find_shell(const std::string& name) {
    for (const std::string folder : {"/usr/bin/", "/bin/", "/usr/local/bin/"})
        if (::access((folder + name).c_str(), X_OK) == 0) return folder + name;
    MESSAGE(name << " is not installed: not tested");
    return {};
}

}  // namespace

TEST_CASE("bash completes commands, options, files and sandboxes, also behind ':' and '='") {
    const ShellStage stage;
    FakeDaemon daemon(stage.runtime(), answer_ps);
    CHECK(stage.bash({"isag", "sto"}, "isag sto") == "stop|");
    CHECK(stage.bash({"isag", "net", "al"}, "isag net al") == "allow|");
    CHECK(stage.bash({"isag", "stop", "--a"}, "isag stop --a") == "--all|");
    CHECK(stage.bash({"isag", "stop", ""}, "isag stop ") == "api|web|wide|");
    CHECK(stage.bash({"isag", "attach", "w"}, "isag attach w") == "web|wide|");
    CHECK(stage.bash({"isag", "exec", "-T", "a"}, "isag exec -T a") == "api|");
    CHECK(stage.bash({"isag", "net", "allow", "x", ":", "1", "a"}, "isag net allow x:1 a") == "api|");
    CHECK(stage.bash({"isag", "run", "-c", "i"}, "isag run -c i") == "isag.yaml|it has spaces|");
    CHECK(stage.bash({"isag", "run", "--config", "=", "i"}, "isag run --config=i") == "isag.yaml|it has spaces|");
    CHECK(stage.bash({"isag", "run", "--config", "="}, "isag run --config=") == "isag.yaml|it has spaces|other|sub|");
    CHECK(stage.bash({"isag", "cp", "we"}, "isag cp we") == "web:|");
    CHECK(stage.bash({"isag", "cp", "web", ":"}, "isag cp web:") == "|");
    CHECK(stage.bash({"isag", "cp", "web", ":", "i"}, "isag cp web:i") == "|");
    CHECK(stage.bash({"isag", "cp", "web", ":", "i"}, "isag cp web: i") == "isag.yaml|it has spaces|");
    CHECK(stage.bash({"isag", "cp", "o"}, "isag cp o") == "other|");
    CHECK(stage.bash({"isag", "completion", "f"}, "isag completion f") == "fish|");
    CHECK(daemon.failure() == "");
}

TEST_CASE("completing starts no daemon") {
    const ShellStage stage;
    CHECK(stage.bash({"isag", "stop", ""}, "isag stop ") == "|");
    CHECK(stage.bash({"isag", "cp", "o"}, "isag cp o") == "other|");
    CHECK(!fs::exists(stage.runtime() / "isag"));
    CHECK(!fs::exists(stage.scratch / ".local"));
}

TEST_CASE("in a terminal, bash's tab key completes") {
    const ShellStage stage;
    FakeDaemon daemon(stage.runtime(), answer_ps);
    Pty bash(stage.shell({"/bin/bash", "--norc", "--noprofile", "-i"}));
    bash.type("PS1=; source <(isag completion bash); echo rea''dy\n");
    bash.expect("ready\r\n");
    bash.type("isag cp w\t\t");
    bash.expect("web:");
    bash.type(
        "e\tit is\x01"
        "echo \x05\n");
    bash.expect("\nisag cp web:it is");
    bash.type("exit\n");
}

TEST_CASE("zsh's tab key completes") {
    const std::string zsh = find_shell("zsh");
    if (zsh.empty()) return;
    const ShellStage stage;
    FakeDaemon daemon(stage.runtime(), answer_ps);
    Pty terminal(stage.shell({zsh, "-f", "-i"}));
    terminal.type("PS1=; autoload -U compinit; compinit -D -u; source <(isag completion zsh); echo rea''dy\n");
    terminal.expect("ready\r\n");
    terminal.type("isag sto\ta\t\x01: \x05; echo en''d\n");
    terminal.expect("end\r\n");
    CHECK(terminal.output().find("isag stop api") != std::string::npos);
    terminal.type("isag cp we\tx\x01: \x05; echo en''d\n");
    terminal.expect("end\r\n");
    CHECK(terminal.output().find("web:x") != std::string::npos);
    terminal.type("isag run --config=is\t\x01: \x05; echo en''d\n");
    terminal.expect("end\r\n");
    CHECK(terminal.output().find("isag.yaml") != std::string::npos);
}

TEST_CASE("fish completes") {
    const std::string fish = find_shell("fish");
    if (fish.empty()) return;
    const ShellStage stage;
    FakeDaemon daemon(stage.runtime(), answer_ps);
    const auto complete = [&](const std::string& line) {
        const auto done =
            test::run_program({fish, "--no-config", "-c",
                               "cd $argv[1]; isag completion fish | source; complete -C $argv[2]", stage.here(), line},
                              stage.environment);
        return done.err + done.out;
    };
    CHECK(complete("isag sto") == "stop\tstop sandboxes\n");
    CHECK(complete("isag stop ") == "api\nweb\nwide\n");
    CHECK(complete("isag cp we") == "web:\n");
    CHECK(complete("isag run -c isag.y") == "isag.yaml\n");
    CHECK(complete("isag run --config=isag.y") == "--config=isag.yaml\n");
}

}  // namespace isag
