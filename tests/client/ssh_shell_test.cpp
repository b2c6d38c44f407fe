// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
#include "common/file.hpp"
#include "proto/session.hpp"
#include "tests/client/ssh_stage.hpp"
#include "tests/support/process.hpp"
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <random>

// isag ssh's own client against OpenSSH's sshd: without a terminal.
namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::most_memory;
using test::proc_number;
using test::Pty;
using test::SshStage;
using test::Stage;

namespace {

std::string ten_megabytes() {
    std::mt19937_64 random(11);
    std::string bytes(10'000'000, '\0');
    for (char& byte : bytes) byte = static_cast<char>(random());
    return bytes;
}

// Waits until a process has read that many bytes, and then none for a while: everything that could take some is full.
void wait_until_stuck(pid_t pid, long least) {
    const auto until = std::chrono::steady_clock::now() + Pty::limit;
    for (long before = -1; std::chrono::steady_clock::now() < until; ::poll(nullptr, 0, 300)) {
        const long now = proc_number(pid, "io", "rchar");
        if (now > least && now == before) return;
        before = now;
    }
    FAIL("it has read " << proc_number(pid, "io", "rchar") << " bytes");
}

struct Piped {
    // isag ssh web COMMAND: nobody reads its stdout; its stdin never ends where it is told so.
    Piped(const SshStage& on, const std::string& command, bool endless_input) {
        ChildOptions options;
        options.argv = SshStage::words({"web", command});
        options.env = on.stage.environment;
        const UniqueFd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
        if (endless_input) options.fds.push_back({zeros.get(), 0});
        options.fds.push_back({out.write.get(), 1});
        child.emplace(ChildProcess::start(options));
        out.write.reset();
    }
    int wait() {
        pollfd fd{child->pidfd().get(), POLLIN, 0};
        if (::poll(&fd, 1, 20'000) <= 0) throw Error("isag hangs");
        return child->wait().as_shell();
    }
    Pipe out = make_pipe();
    std::optional<ChildProcess> child;
};

}  // namespace

TEST_CASE("isag ssh: a command's exit status is isag's, and a signal's number is added to 128") {
    const SshStage on;
    const std::pair<const char*, int> rows[] = {
        {"true", 0},      {"exit 7", 7}, {"no-such-command", 127}, {"kill -TERM $$", 143}, {"kill -KILL $$", 137},
        {"exit 255", 255}};
    for (const auto& [command, status] : rows) {
        CAPTURE(command);
        const auto done = on.ssh(command);
        CHECK_MESSAGE(done.status == status, done.err, on.sshd.log());
    }
}

TEST_CASE("isag ssh: stdout and stderr stay apart, and the words are one line for the shell there") {
    const SshStage on;
    const auto done = on.stage.isag({"ssh", "web", "--", "echo", "a  b", "'c  d'", "$((1+1));", "echo", "e", ">&2"});
    CHECK(done.status == 0);
    CHECK(done.out == "a b c  d 2\n");
    CHECK(done.err == "e\n");
}

TEST_CASE("isag ssh: ten megabytes pass both ways unchanged, while keys are exchanged again and again") {
    const SshStage on("RekeyLimit 1M\n");
    const std::string bytes = ten_megabytes();
    const auto done = on.ssh("cat; echo the end >&2", bytes);
    CHECK_MESSAGE(done.status == 0, done.err, on.sshd.log());
    CHECK((done.out == bytes));
    CHECK(done.err == "the end\n");
}

TEST_CASE("isag ssh: much on stdout and on stderr at once arrives whole") {
    const SshStage on;
    const auto done = on.ssh("head -c 5000000 /dev/zero & head -c 5000000 /dev/zero >&2; wait");
    CHECK(done.status == 0);
    CHECK((done.out == std::string(5'000'000, '\0')));
    CHECK((done.err == std::string(5'000'000, '\0')));
}

TEST_CASE("isag ssh: the language goes along, and nothing else of the environment") {
    SshStage on;
    on.stage.environment["LC_ALL"] = "C.UTF-8";
    on.stage.environment["LANG"] = "en_US.UTF-8";
    on.stage.environment["COLORTERM"] = "truecolor";
    on.stage.environment["TOKEN"] = "secret";
    const auto done = on.ssh("echo $LC_ALL $LANG $COLORTERM [$TOKEN]");
    CHECK_MESSAGE(done.out == "C.UTF-8 en_US.UTF-8 truecolor []\n", done.err);
}

TEST_CASE("isag ssh: an sshd with another host key is told nothing") {
    const SshStage on;
    write_file(on.sshd.keys() / "ssh_host_ed25519_key.pub", read_file(on.sshd.keys() / "id_ed25519.pub").value());
    const auto done = on.ssh("echo reached");
    CHECK(done.status == 125);
    CHECK(done.out == "");
    CHECK_MESSAGE(done.err.find("another host key") != std::string::npos, done.err);
    CHECK(on.sshd.log().find("Accepted") == std::string::npos);
}

TEST_CASE("isag ssh: an sshd that lets in another key is an error, and so is a key that is not there") {
    const SshStage on;
    on.sshd.set_authorized("ssh_host_ed25519_key.pub");
    const auto refused = on.ssh("echo reached");
    CHECK(refused.status == 125);
    CHECK(refused.out == "");
    CHECK_MESSAGE(refused.err.find("refuses the key") != std::string::npos, refused.err);
    CHECK(refused.err.ends_with("goes in without sshd\n"));
    std::filesystem::remove(on.sshd.keys() / "id_ed25519");
    const auto missing = on.ssh("echo reached");
    CHECK(missing.status == 125);
    CHECK_MESSAGE(missing.err.find("cannot read the key") != std::string::npos, missing.err);
}

TEST_CASE("isag ssh: -v tells what libssh does, without control characters") {
    const SshStage on;
    const auto done = on.stage.isag({"ssh", "-v", "web", "echo", "done"});
    CHECK(done.out == "done\n");
    CHECK_MESSAGE(done.err.find("libssh: ") != std::string::npos, done.err);
    CHECK(on.ssh("true").err == "");
}

TEST_CASE("isag ssh: an image without sshd gets its shell as isag exec does, with a note") {
    const Stage stage;
    std::vector<std::string> argv;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto request = peer.receive();
        if (!request) return;
        if (request->method == "ssh") return peer.fail(*request, Error("no sshd", "", ErrorKind::not_found));
        argv = test::request_of<proto::ExecRequest>(*request).argv;
        Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
        ChildOptions options;
        options.argv = argv;
        options.env = stage.environment;
        options.fds = {{in.read.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}};
        ChildProcess child = ChildProcess::start(options);
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(in.write));
        fds.push_back(std::move(out.read));
        fds.push_back(std::move(err.read));
        in.read.reset(), out.write.reset(), err.write.reset();
        proto::ExecReply reply{"web", {"0123456789ab", 7, "ctrl-p,ctrl-q", "deny"}};
        peer.reply(*request, reply, std::move(fds));
        test::tend(peer, child);
    });
    const auto done = stage.isag({"ssh", "web", "echo", "inside;", "exit", "3"});
    CHECK(done.status == 3);
    CHECK(done.out == "inside\n");
    CHECK_MESSAGE(done.err.find("going in as 'isag exec' does") != std::string::npos, done.err);
    CHECK(argv == login_words({"echo", "inside;", "exit", "3"}));
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag ssh: -tt makes a terminal inside though stdin is none, -t and nothing don't") {
    SshStage on;
    const auto tty = [&](std::vector<std::string> words) {
        words.insert(words.begin(), "ssh");
        return on.stage.isag(words);
    };
    CHECK(tty({"web", "-tt", "tty"}).out.starts_with("/dev/pts/"));
    CHECK(tty({"-t", "web", "-t", "--", "tty"}).out.starts_with("/dev/pts/"));
    CHECK(tty({"web", "tty"}).out == "not a tty\n");
    const auto wanted = tty({"web", "-t", "tty"});
    CHECK(wanted.out == "not a tty\n");
    CHECK(wanted.err.find("-tt insists on one") != std::string::npos);
}

TEST_CASE("isag ssh: -tt makes a terminal without sshd too, through which pipes pass") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto request = peer.receive();
        if (!request) return;
        if (request->method == "ssh") return peer.fail(*request, Error("no sshd", "", ErrorKind::not_found));
        const auto exec = test::request_of<proto::ExecRequest>(*request);
        REQUIRE(exec.terminal);
        CHECK(exec.terminal->rows == 24);
        CHECK(exec.terminal->columns == 80);
        CHECK(exec.environment.at("TERM") == "xterm-256color");
        int ends[2];
        REQUIRE(::openpty(&ends[0], &ends[1], nullptr, nullptr, nullptr) == 0);
        std::vector<UniqueFd> fds;
        fds.emplace_back(ends[0]);
        UniqueFd inner(ends[1]);
        ChildOptions options;
        options.argv = exec.argv;
        options.env = stage.environment;
        options.fds = {{inner.get(), 0}, {inner.get(), 1}, {inner.get(), 2}};
        ChildProcess child = ChildProcess::start(options);
        inner.reset();
        peer.reply(*request, proto::ExecReply{"web", {"0123456789ab", 7, "", "deny"}}, std::move(fds));
        test::tend(peer, child);
    });
    const auto done = stage.isag({"ssh", "web", "-tt", "tty; read line; echo got $line; exit 3"}, "typed\n");
    CHECK(done.status == 3);
    CHECK_MESSAGE(done.out.find("/dev/pts/") != std::string::npos, done.out);
    CHECK(done.out.ends_with("got typed\r\n"));
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag ssh: a full connection to an sshd that hangs does not hold up a signal") {
    SshStage on;
    Piped piped(on, "cat >/dev/null", true);
    const pid_t pid = piped.child->pid();
    while (proc_number(pid, "io", "rchar") < 1'000'000) ::poll(nullptr, 0, 10);
    on.sshd.signal(SIGSTOP);
    wait_until_stuck(pid, 1'000'000);
    CHECK(proc_number(pid, "status", "VmHWM") < most_memory);
    piped.child->signal(SIGTERM);
    CHECK(piped.wait() == 128 + SIGTERM);
}

TEST_CASE("isag ssh: a reader that takes nothing makes nothing grow, keeps stdin going, and gets all in the end") {
    SshStage on;
    Piped piped(on, "exec 3<&0; head -c 30000000 <&3 >/dev/null & head -c 50000000 /dev/zero; wait", true);
    const pid_t pid = piped.child->pid();
    const auto until = std::chrono::steady_clock::now() + Pty::limit;
    while (proc_number(pid, "io", "rchar") < 30'000'000 && std::chrono::steady_clock::now() < until)
        ::poll(nullptr, 0, 50);
    CHECK(proc_number(pid, "io", "rchar") >= 30'000'000);
    CHECK(proc_number(pid, "status", "VmHWM") < most_memory);
    std::size_t size = 0;
    std::vector<char> bytes(1 << 20);
    for (ssize_t n = 0; (n = ::read(piped.out.read.get(), bytes.data(), bytes.size())) > 0;)
        size += static_cast<std::size_t>(n);
    CHECK(size == 50'000'000);
    CHECK(piped.wait() == 0);
}

TEST_CASE("isag ssh: where nobody reads its output any more it dies of SIGPIPE, as any program") {
    const SshStage on;
    Piped piped(on, "yes", false);
    char first[2];
    CHECK(::read(piped.out.read.get(), first, sizeof first) == 2);
    piped.out.read.reset();
    CHECK(piped.wait() == 128 + SIGPIPE);
}

TEST_CASE("isag ssh: a full disk is an error that says so") {
    const SshStage on;
    const auto done =
        test::run_program({"/bin/sh", "-c", "exec \"$0\" ssh web yes >/dev/full", ISAG_PROGRAM}, on.stage.environment);
    CHECK(done.status == 125);
    CHECK_MESSAGE(done.err.find("No space left") != std::string::npos, done.err);
}

}  // namespace isag
