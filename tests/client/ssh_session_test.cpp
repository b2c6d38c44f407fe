// SPDX-License-Identifier: Apache-2.0
#include "tests/client/ssh_stage.hpp"
#include <csignal>
#include <doctest/doctest.h>

// isag ssh's own client against OpenSSH's sshd: on a terminal.
namespace isag {
using test::Pty;
using test::SshStage;

TEST_CASE("isag ssh: a shell on a terminal has the terminal's size and echo, each new size follows") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    Pty pty(on.on_terminal({"-t", "web", "stty size; echo $TERM; read line; stty size; exit 4"}));
    pty.expect("24 80\r\nxterm-256color\r\n");
    pty.wait_until_raw();
    pty.resize(33, 101);
    pty.type("typed\r");
    pty.expect("typed\r\n33 101\r\n");
    CHECK(pty.exit_code() == 4);
    CHECK(pty.is_restored());
    CHECK(pty.output().find("typed") == pty.output().rfind("typed"));
}

TEST_CASE("isag ssh: a shell has a terminal by itself, a command none, and -T takes the shell's") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    Pty shell(on.on_terminal({"web"}));
    shell.wait_until_raw();
    shell.type("tty; exit 5\r");
    shell.expect("/dev/pts/");
    CHECK(shell.exit_code() == 5);
    CHECK(shell.is_restored());
    Pty command(on.on_terminal({"web", "tty; exit 6"}));
    command.expect("not a tty");
    CHECK(command.exit_code() == 6);
    const auto quiet = on.stage.isag({"ssh", "-T", "web"}, "tty; exit 8\n");
    CHECK(quiet.status == 8);
    CHECK(quiet.out.ends_with("not a tty\n"));
}

TEST_CASE("isag ssh: what a program prints passes the filter wherever a terminal shows it") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    for (const char* terminal : {"-t", "-T"}) {
        CAPTURE(terminal);
        const char* const print = "printf '\\033]52;c;aGk=\\007\\033[31mred\\033[m\\n\\033[?25l'";
        Pty pty(on.on_terminal({terminal, "web", print + std::string("; ") + print + " >&2"}));
        CHECK(pty.exit_code() == 0);
        CHECK(pty.output().find("\x1b[31mred") != pty.output().rfind("\x1b[31mred"));
        CHECK(pty.output().find("52;c") == std::string::npos);
        CHECK_MESSAGE(pty.output().find("\x1b[?25h") != std::string::npos, "the cursor stays hidden");
    }
    // Where no terminal shows it, every byte is passed on.
    CHECK(on.ssh("printf '\\033]52;c;aGk=\\007'").out == "\x1b]52;c;aGk=\x07");
}

TEST_CASE(
    "isag ssh: a program asks a terminal only while that is its own: else the person's shell would read the answers") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    const auto printed = [&](std::vector<std::string> options) {
        for (const char* word : {"web", "printf '<\\033[c\\033]10;?\\007>'; sleep 0.1"}) options.emplace_back(word);
        Pty pty(on.on_terminal(options));
        CHECK(pty.exit_code() == 0);
        return pty.output();
    };
    for (const char* option : {"-T", "-n"}) {
        CAPTURE(option);
        const auto out = printed({option});
        CHECK(out.find("<>") != std::string::npos);
    }
    const auto out = printed({"-t"});
    CHECK(out.find("<\x1b[c\x1b]10;?\a>") != std::string::npos);
}

TEST_CASE("isag ssh: at a line's beginning ~~ is a ~, ~? helps, and ~. leaves") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    Pty pty(on.on_terminal({"-t", "web", "stty -echo; echo ready; cat"}));
    pty.expect("ready\r\n");
    pty.type("~~one\r");
    pty.expect("~one\r\n");
    pty.type("a~.b\r");
    pty.expect("a~.b\r\n");
    pty.type("~x\r");
    pty.expect("~x\r\n");
    pty.type("~?");
    pty.expect("~.  end this session");
    pty.type("~.");
    pty.expect("ended by ~.");
    CHECK(pty.exit_code() == 129);
    CHECK(pty.is_restored());
}

TEST_CASE("isag ssh: an sshd that hangs is left by ~. and by a signal") {
    if (!SshStage::has_terminals()) return;
    for (const int number : {0, SIGTERM, SIGHUP}) {
        CAPTURE(number);
        SshStage on;
        Pty pty(on.on_terminal({"-t", "web", "echo ready; cat"}));
        pty.expect("ready");
        pty.wait_until_raw();
        on.sshd.signal(SIGSTOP);
        pty.type("nobody reads this\r");
        if (number == 0)
            pty.type("~.");
        else
            pty.signal(number);
        CHECK(pty.exit_code() == (number == 0 ? 129 : 128 + number));
        CHECK(pty.is_restored());
    }
}

TEST_CASE("isag ssh: the end of the sandbox is the end of the session, with 125 and the terminal as it was") {
    if (!SshStage::has_terminals()) return;
    for (const bool has_ended : {true, false}) {
        SshStage on;
        Pty pty(on.on_terminal({"-t", "web", "printf '\\033[?1049h'; echo ready; cat"}));
        pty.expect("ready");
        pty.wait_until_raw();
        if (has_ended) on.sshd.end_sandbox();
        on.sshd.signal(SIGKILL);
        pty.expect(has_ended
                       ? "isag: web has ended, and this session with it\r\n  'isag run --name web' starts one anew"
                       : "isag: the sandbox's sshd hung up\r\n");
        CHECK(pty.exit_code() == 125);
        CHECK(pty.is_restored());
        CHECK(pty.output().find("\x1b[?1049l") != std::string::npos);
    }
}

TEST_CASE("isag ssh: a terminal's answers to what was asked just before the end do not reach the shell") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    Pty ended(on.on_terminal({"-t", "web", "printf '\\033[c\\033[6n'"}));
    ended.expect("\x1b[c\x1b[6n");
    ended.expect("\x1b[c");
    ended.type("\x1b[?1;2c\x1b[2;1R\x1b[?1;2cls\r");
    CHECK(ended.exit_code() == 0);
    CHECK(ended.is_restored());
    CHECK(ended.left_to_read() == "ls\r");
    Pty left(on.on_terminal({"-t", "web", "read line; printf '\\033[6n'; cat"}));
    left.wait_until_raw();
    left.type("\r");
    left.expect("\x1b[6n");
    left.type("~.");
    left.expect("\x1b[c");
    left.type("\x1b[2;1R\x1b[?1;2c");
    CHECK(left.exit_code() == 129);
    CHECK(left.left_to_read() == "");
}

TEST_CASE("isag ssh: stopped, it gives the terminal back, and without one it stops all the same") {
    if (!SshStage::has_terminals()) return;
    const SshStage on;
    Pty raw(on.on_terminal({"-t", "web", "echo ready; read line; echo got $line"}));
    raw.expect("ready");
    raw.wait_until_raw();
    raw.signal(SIGTSTP);
    CHECK(WIFSTOPPED(raw.wait(true)));
    CHECK(raw.is_restored());
    raw.signal(SIGCONT);
    raw.wait_until_raw();
    raw.type("it\r");
    raw.expect("got it");
    CHECK(raw.exit_code() == 0);
    Pty cooked(on.on_terminal({"web", "echo ready; read line; echo got $line"}));
    cooked.expect("ready");
    cooked.signal(SIGTSTP);
    CHECK(WIFSTOPPED(cooked.wait(true)));
    cooked.signal(SIGCONT);
    cooked.type("it\n");
    cooked.expect("got it");
    CHECK(cooked.exit_code() == 0);
}

}  // namespace isag
