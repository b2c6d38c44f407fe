// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include "tests/e2e/place.hpp"
#include <doctest/doctest.h>
#include <random>

// isag ssh: its own client against the sshd of a sandbox.
namespace isag {
namespace fs = std::filesystem;
using test::eventually;
using test::Finished;
using test::Home;
using test::Pty;

namespace {

struct Berth {
    Home home;

    Berth() {
        const auto started = home.isag({"run", "-d", "--name", "berth", "--", "sleep", "1000"});
        REQUIRE_MESSAGE(started.status == 0, started.err);
    }
    Finished ssh(const std::string& command, std::string_view input = {}) const {
        return home.isag({"ssh", "berth", command}, input);
    }
    // isag ssh WORDS on a terminal.
    Pty::Options on_terminal(std::vector<std::string> words) const {
        auto options = home.terminal({});
        words.insert(words.begin(), "ssh");
        options.argv = home.command(words);
        return options;
    }
    // The folder with the keys.
    fs::path keys() const {
        const std::string entries = home.isag({"ssh-config"}).out, before = "IdentityFile ";
        const auto begin = entries.find(before) + before.size();
        return fs::path(entries.substr(begin, entries.find('\n', begin) - begin)).parent_path();
    }
};

}  // namespace

TEST_CASE("isag ssh: a command has its own exit status, and its streams stay apart") {
    const Berth berth;
    const auto ran = berth.ssh("pwd; cat; echo oops >&2; exit 7", "in\n");
    CHECK_MESSAGE(ran.status == 7, ran.err);
    CHECK(ran.out.ends_with("\nin\n"));
    CHECK(ran.err == "oops\n");
    CHECK(berth.ssh("kill -TERM $$").status == 128 + SIGTERM);
    CHECK(berth.ssh("kill -KILL $$").status == 128 + SIGKILL);
    CHECK(berth.ssh("no-such-command").status == 127);
    CHECK(berth.home.isag({"ssh", "berth", "-T", "--", "echo", "a  b", "'c  d'"}).out == "a b c  d\n");
    CHECK(berth.home.isag({"ssh", "--container", "berth", "id", "-u"}).out == std::to_string(::getuid()) + "\n");
    CHECK(berth.ssh("tty").status == 1);
    CHECK(berth.home.stop_all() == "");
}

TEST_CASE("isag ssh: ten megabytes pass both ways unchanged, and a reader that goes ends it") {
    const Berth berth;
    std::mt19937_64 random(7);
    std::string bytes(10'000'000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    const auto ran = berth.ssh("cat; echo done >&2", bytes);
    CHECK(ran.status == 0);
    CHECK((ran.out == bytes));
    CHECK(ran.err == "done\n");
    const auto headed = test::run_program(
        {"bash", "-c", "\"$0\" ssh berth yes | head -n 1; echo ${PIPESTATUS[0]}", test::isag_program()},
        berth.home.environment);
    CHECK(headed.out == "y\n141\n");
    CHECK(berth.home.stop_all() == "");
}

TEST_CASE("isag ssh: a terminal echoes, follows this one's size, and ~. leaves even a server that hangs") {
    const Berth berth;
    Pty pty(berth.on_terminal({"berth"}));
    pty.wait_until_raw();
    pty.type("stty size; echo $TERM-$((1+1))\r");
    pty.expect("-2\r\n");
    pty.resize(33, 101);
    CHECK(eventually([&] {
        pty.type("stty size\r");
        try {
            pty.expect("33 101", std::chrono::seconds(1));
            return true;
        } catch (const std::exception&) {
            return false;
        }
    }));
    pty.type("printf '\\033]52;c;?\\007'; echo filtered\r");  // the clipboard is not asked for
    pty.expect("filtered\r\n");
    CHECK(berth.home.isag({"exec", "berth", "--", "bash", "-c", "kill -STOP $(pgrep -x sshd)"}).status == 0);
    pty.type("\rnobody reads this\r~.");
    CHECK(pty.exit_code() == 128 + SIGHUP);
    CHECK(pty.is_restored());
    pty.expect("ended by ~.");
    CHECK(pty.output().find("\x1b]52;c;?") == std::string::npos);
    CHECK(berth.home.stop_all() == "");
}

TEST_CASE("isag ssh: the exit of a shell on a terminal is isag's, and a command has a terminal with -t") {
    const Berth berth;
    Pty shell(berth.on_terminal({"berth"}));
    shell.wait_until_raw();
    shell.type("exit 5\r");
    CHECK(shell.exit_code() == 5);
    CHECK(shell.is_restored());
    Pty command(berth.on_terminal({"berth", "-t", "tty; exit 6"}));
    command.expect("/dev/pts/");
    CHECK(command.exit_code() == 6);
    Pty none(berth.on_terminal({"berth", "tty"}));
    none.expect("not a tty");
    CHECK(none.exit_code() == 1);
    CHECK(berth.home.stop_all() == "");
}

TEST_CASE("isag ssh: a killed isagd does not break a session, and the sandbox's end does, with 125") {
    const Berth berth;
    Pty pty(berth.on_terminal({"berth"}));
    pty.wait_until_raw();
    pty.type("echo one-$((1+1))\r");
    pty.expect("one-2");
    berth.home.signal_daemon(SIGKILL);
    CHECK(berth.home.daemon_ends());
    pty.type("echo two-$((1+1))\r");
    pty.expect("two-2");
    CHECK(berth.home.isag({"stop", "berth", "-t", "0"}).status == 0);
    CHECK(pty.exit_code() == 125);
    CHECK(pty.is_restored());
    CHECK(berth.home.stop_all() == "");
}

TEST_CASE("isag ssh: an sshd with another host key is not talked to, and another user key is not let in") {
    const Berth berth;
    REQUIRE(berth.ssh("true").status == 0);
    const auto other = berth.home.file("other").string();
    REQUIRE(test::run_program({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", other}, berth.home.environment)
                .status == 0);
    const auto keys = berth.keys();
    const auto host_key = read_file(keys / "ssh_host_ed25519_key.pub").value();
    write_file(keys / "ssh_host_ed25519_key.pub", read_file(other + ".pub").value());
    const auto strange = berth.ssh("echo reached");
    CHECK(strange.status == 125);
    CHECK(strange.out.empty());
    CHECK_MESSAGE(strange.err.find("shows another host key") != std::string::npos, strange.err);
    write_file(keys / "ssh_host_ed25519_key.pub", host_key);

    const auto user_key = read_file(keys / "id_ed25519").value();
    write_file(keys / "id_ed25519", read_file(other).value());
    const auto stranger = berth.ssh("echo reached");
    CHECK(stranger.status == 125);
    CHECK_MESSAGE(stranger.err.find("refuses the key") != std::string::npos, stranger.err);
    write_file(keys / "id_ed25519", user_key);
    CHECK(berth.ssh("echo back").out == "back\n");
    CHECK(berth.home.stop_all() == "");
}

}  // namespace isag
