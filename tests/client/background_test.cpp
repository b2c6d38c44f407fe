// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/client/ssh_stage.hpp"
#include <doctest/doctest.h>
#include <poll.h>

// isag ssh -f, -n and -q against OpenSSH's sshd.
namespace isag {
using test::SshStage;

namespace {

// Its streams are files: a program in the background would hold pipes open.
test::Finished in_background(const SshStage& on, const std::string& words) {
    const auto script = "\"$0\" ssh " + words + " >out 2>err; echo $?";
    test::Finished done =
        test::run_program({"sh", "-c", "cd \"$HOME\" && " + script, ISAG_PROGRAM}, on.stage.environment);
    done.err = read_file(on.stage.scratch.path() / "err").value();
    return done;
}

std::string written(const SshStage& on, const char* name) {
    const auto text = read_file(on.stage.scratch.path() / name);
    return text ? *text : std::string();
}

}  // namespace

TEST_CASE("isag ssh -f: the command goes on behind the shell, in a session of its own, with nothing on stdin") {
    const SshStage on;
    const auto folder = on.stage.scratch.path().string();
    const auto done =
        in_background(on, "-f web 'while [ ! -e " + folder + "/go ]; do sleep 0.02; done; cat; echo late'");
    CHECK_MESSAGE(done.out == "0\n", done.err, on.sshd.log());
    CHECK(written(on, "out") == "");
    write_file(folder + "/go", "");
    for (int tries = 0; tries < 500 && written(on, "out").empty(); ++tries) ::poll(nullptr, 0, 20);
    CHECK(written(on, "out") == "late\n");
}

TEST_CASE("isag ssh -f: what goes wrong before is this command's error and status") {
    const SshStage on;
    write_file(on.stage.scratch.path() / "authorized", "");
    const auto done = in_background(on, "-f web true");
    CHECK(done.out == "125\n");
    CHECK(done.err.starts_with("isag: "));
    CHECK(on.stage.isag({"ssh", "-f", "web"}).status == 2);
}

TEST_CASE("isag ssh -f: until it is in the background it dies with the process that was started") {
    const test::Stage stage;
    Pipe asked = make_pipe();
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) {
        peer.receive();
        asked.write.reset();
        while (peer.receive()) {  // until nobody is there any more
        }
    });
    ChildOptions options;
    options.argv = test::Stage::command({"ssh", "-f", "web", "true"});
    options.env = stage.environment;
    ChildProcess parent = ChildProcess::start(options);
    char byte = 0;
    CHECK(::read(asked.read.get(), &byte, 1) == 0);
    parent.signal(SIGKILL);
    parent.wait();
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag ssh -n: the command has nothing on stdin, and what is there stays") {
    const SshStage on;
    const auto done = test::run_program({"sh", "-c", "\"$0\" ssh -n web 'cat; echo end'; cat", ISAG_PROGRAM},
                                        on.stage.environment, "for later");
    CHECK_MESSAGE(done.out == "end\nfor later", done.err);
}

TEST_CASE("isag ssh -q: no notes, while errors are told") {
    const SshStage on;
    CHECK(on.stage.isag({"ssh", "-t", "web", "true"}).err.find("no terminal inside") != std::string::npos);
    CHECK(on.stage.isag({"ssh", "-qt", "web", "true"}).err == "");
    write_file(on.stage.scratch.path() / "authorized", "");
    CHECK(on.stage.isag({"ssh", "-q", "web", "true"}).err.starts_with("isag: "));
}

}  // namespace isag
