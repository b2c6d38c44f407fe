// SPDX-License-Identifier: Apache-2.0
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <random>

namespace isag {
using test::FakeDaemon;
using test::Stage;

namespace {

std::string random_bytes(std::size_t size, unsigned seed) {
    std::mt19937 random(seed);
    std::string out(size, '\0');
    for (auto& c : out) c = static_cast<char>(random());
    return out;
}

std::string read_to_end(const UniqueFd& fd) {
    std::string out;
    char bytes[4096];
    while (const ssize_t n = ::read(fd.get(), bytes, sizeof bytes)) {
        if (n < 0) break;
        out.append(bytes, static_cast<std::size_t>(n));
    }
    return out;
}

}  // namespace

TEST_CASE("without a terminal bytes pass unchanged both ways, whatever their number") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    for (const std::size_t size : {0UL, 1UL, 4095UL, 4097UL, 65536UL, 65537UL, 1048577UL, 7654321UL}) {
        CAPTURE(size);
        const std::string input = random_bytes(size, static_cast<unsigned>(size));
        const auto done = stage.isag_run({"cat"}, input);
        CHECK(done.status == 0);
        CHECK((done.out == input));
    }
    CHECK(daemon.failure() == "");
}

TEST_CASE("without a terminal stdout and stderr stay apart") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    const auto done = stage.isag_run({"sh", "-c", "echo out; echo err >&2"});
    CHECK(done.out == "out\n");
    CHECK(done.err == "isag: artifacts: " + stage.scratch.path().string() + "/artifacts\nerr\n");
}

TEST_CASE("the command's own exit status is isag's") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    CHECK(stage.isag_run({"sh", "-c", "exit 7"}).status == 7);
    CHECK(stage.isag_run({"sh", "-c", "kill -9 $$"}).status == 137);
    CHECK(stage.isag_run({"no-such-program-anywhere"}).status == 127);
    CHECK(stage.isag_run({"/etc/passwd"}).status == 126);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a file, a file opened to append, and /dev/null are read and written like pipes") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    const std::string folder = stage.scratch.path().string();
    const std::string run = ISAG_PROGRAM " run -c " + stage.config() + " -- ";
    const std::string script = "cd " + folder + "\nprintf begin > in\n" + run + "cat < in > out 2>/dev/null\n" + run +
                               "cat < in >> out 2>/dev/null\n" + run + "cat < /dev/null >> out 2>/dev/null\n" + run +
                               "cat <&- >> out 2>/dev/null\n" + run + "echo end >> out 2>&-\ncat out";
    const auto done = test::run_program({"sh", "-ec", script}, stage.environment);
    CHECK(done.out == "beginbeginend\n");
    CHECK(done.status == 0);
    CHECK(daemon.failure() == "");
}

TEST_CASE("where nobody reads isag's stdout, the command gets SIGPIPE and isag its status") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    const std::string run = ISAG_PROGRAM " run -c " + stage.config() + " -- ";
    const auto done = test::run_program({"bash", "-c", run + "yes 2>/dev/null | head -n 1; echo ${PIPESTATUS[0]}"},
                                        stage.environment);
    CHECK(done.out == "y\n141\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("signals sent to isag reach the command") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
        CAPTURE(number);
        Pipe out = make_pipe();
        ChildOptions options;
        options.argv = stage.run_command(
            {"bash", "-c", "trap 'echo got it; exit 3' INT TERM HUP QUIT; echo ready; while :; do read -t 9; done"});
        options.env = stage.environment;
        Pipe in = make_pipe();
        options.fds = {{in.read.get(), 0}, {out.write.get(), 1}};
        ChildProcess isag = ChildProcess::start(options);
        out.write.reset();
        char line[6];
        REQUIRE(::read(out.read.get(), line, sizeof line) == 6);  // "ready\n"
        isag.signal(number);
        CHECK(read_to_end(out.read) == "got it\n");
        CHECK(isag.wait().as_shell() == 3);
    }
    CHECK(daemon.failure() == "");
}

TEST_CASE("a daemon that dies in the middle of a run is told of, with status 125") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [](test::FakePeer& peer) {
        peer.expect("run");
        peer.close();
    });
    const auto done = stage.isag_run({"true"});
    CHECK(done.status == 125);
    CHECK(done.err.starts_with("isag: isagd closed the connection\n  "));
}

TEST_CASE("variables given with -e are set, and those without a value are passed on") {
    Stage stage;
    stage.environment["PASSED"] = "from outside";
    FakeDaemon daemon(stage.runtime(), test::run_with_pipes);
    const auto done =
        stage.isag({"run", "-c", stage.config(), "-e", "A=x=y", "-ePASSED", "sh", "-c", "echo $A, $PASSED"});
    CHECK(done.out == "x=y, from outside\n");
}

}  // namespace isag
