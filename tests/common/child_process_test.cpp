// SPDX-License-Identifier: Apache-2.0
#include "common/child_process.hpp"
#include "common/error.hpp"
#include "tests/support/temp_folder.hpp"
#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <iterator>
#include <poll.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace isag;

namespace {

ChildOptions command(std::vector<std::string> argv) {
    ChildOptions options;
    options.argv = std::move(argv);
    options.env = current_environment();
    return options;
}

ChildOptions shell(const std::string& script) { return command({"sh", "-c", script}); }

std::string read_all(const UniqueFd& fd) {
    std::string text;
    char bytes[4096];
    for (ssize_t n = 0; (n = ::read(fd.get(), bytes, sizeof bytes)) > 0;)
        text.append(bytes, static_cast<std::size_t>(n));
    return text;
}

ErrorKind kind_of_failure(const ChildOptions& options) {
    try {
        ChildProcess::start(options);
    } catch (const Error& error) {
        return error.kind();
    }
    FAIL("it started");
    return {};
}

// Their numbers, of those too that ended and were not waited for.
std::string our_children() {
    std::ifstream file("/proc/thread-self/children");
    return {std::istreambuf_iterator<char>(file), {}};
}

// What it writes to descriptor 1.
std::string output_of(ChildOptions options) {
    Pipe pipe = make_pipe();
    options.fds.push_back({pipe.write.get(), 1});
    auto child = ChildProcess::start(options);
    pipe.write.reset();
    std::string text = read_all(pipe.read);
    child.wait();
    return text;
}

}  // namespace

TEST_CASE("child: its exit status comes back") {
    for (const int code : {0, 1, 255}) {
        const auto status = ChildProcess::start(shell("exit " + std::to_string(code))).wait();
        CHECK(status.code == code);
        CHECK_FALSE(status.signal);
        CHECK(status.as_shell() == code);
    }
}

TEST_CASE("child: the signal that ended it comes back") {
    auto child = ChildProcess::start(command({"sleep", "1000"}));
    child.signal(SIGTERM);
    const auto status = child.wait();
    CHECK_FALSE(status.code);
    CHECK(status.signal == SIGTERM);
    CHECK(status.as_shell() == 143);
}

TEST_CASE("child: a command that does not exist is told from one that can't be run") {
    CHECK(kind_of_failure(command({"no-such-command"})) == ErrorKind::not_found);
    CHECK(kind_of_failure(command({"/no/such/command"})) == ErrorKind::not_found);
    CHECK(kind_of_failure(command({"/etc/passwd"})) == ErrorKind::not_executable);
    CHECK(kind_of_failure(command({"/etc"})) == ErrorKind::not_executable);
}

TEST_CASE("child: a command that is nowhere is not found, whatever PATH leads through") {
    if (::geteuid() == 0) return;  // root can search every folder
    test::TempFolder folder;
    std::filesystem::create_directory(folder / "closed");
    ::chmod((folder / "closed").c_str(), 0);
    auto options = command({"no-such-command"});
    options.env["PATH"] = (folder / "closed").string() + ":/nonexistent::/etc/passwd:/bin";
    CHECK(kind_of_failure(options) == ErrorKind::not_found);
    std::ofstream(folder / "plain-file") << "x";
    options.env["PATH"] += ":" + folder.path().string();
    options.argv = {"plain-file"};
    CHECK(kind_of_failure(options) == ErrorKind::not_executable);
    ::chmod((folder / "closed").c_str(), 0700);
}

TEST_CASE("child: its command is looked up in its own PATH") {
    test::TempFolder folder;
    std::ofstream(folder / "my-command") << "#!/bin/sh\necho found\n";
    ::chmod((folder / "my-command").c_str(), 0755);
    auto options = command({"my-command"});
    CHECK(kind_of_failure(options) == ErrorKind::not_found);
    options.env["PATH"] = folder.path();
    CHECK(output_of(options) == "found\n");
    options.argv = {"sh", "-c", "exit 0"};
    CHECK(kind_of_failure(options) == ErrorKind::not_found);
}

TEST_CASE("child: it gets the variables given and no others") {
    auto options = command({"/usr/bin/env"});
    options.env = {{"A", "b=c\nd"}};
    CHECK(output_of(options) == "A=b=c\nd\n");
}

TEST_CASE("child: descriptors are placed even where their numbers are each other's") {
    Pipe first = make_pipe(), second = make_pipe();
    auto options =
        shell("echo one >&" + std::to_string(second.write.get()) + "; echo two >&" + std::to_string(first.write.get()));
    options.fds = {{first.write.get(), second.write.get()}, {second.write.get(), first.write.get()}};
    auto child = ChildProcess::start(options);
    first.write.reset();
    second.write.reset();
    CHECK(read_all(first.read) == "one\n");
    CHECK(read_all(second.read) == "two\n");
    CHECK(child.wait().code == 0);
}

TEST_CASE("child: one descriptor can be had under several numbers, and under its own") {
    Pipe pipe = make_pipe();
    const int own = pipe.write.get();
    auto options = shell("echo a; echo b >&2; echo c >&" + std::to_string(own));
    options.fds = {{own, 1}, {own, 2}, {own, own}};
    auto child = ChildProcess::start(options);
    pipe.write.reset();
    CHECK(read_all(pipe.read) == "a\nb\nc\n");
    CHECK(child.wait().code == 0);
}

TEST_CASE("child: it gets nothing else, and /dev/null where nothing was named") {
    Pipe leak = make_pipe();
    CHECK(output_of(command({"ls", "/proc/self/fd"})) == "0\n1\n2\n3\n");  // 3: ls reads the folder
    CHECK(output_of(shell("readlink /proc/self/fd/0 /proc/self/fd/2")) == "/dev/null\n/dev/null\n");
}

TEST_CASE("child: in a new session it leads it") {
    auto options = shell("cut -d' ' -f6 /proc/$$/stat; echo $$");
    options.new_session = true;
    const std::string output = output_of(options);
    const auto newline = output.find('\n');
    CHECK(output.substr(0, newline + 1) == output.substr(newline + 1));
}

TEST_CASE("child: our blocked and ignored signals are not its") {
    sigset_t blocked, before;
    ::sigemptyset(&blocked);
    ::sigaddset(&blocked, SIGTERM);
    ::sigprocmask(SIG_BLOCK, &blocked, &before);
    auto* const old = ::signal(SIGPIPE, SIG_IGN);
    CHECK(output_of(command({"grep", "-E", "^Sig(Blk|Ign)", "/proc/self/status"})) ==
          "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
    ::signal(SIGPIPE, old);
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
}

TEST_CASE("child: who lets go of it kills it") {
    Pipe pipe = make_pipe();
    pid_t pid = 0;
    {
        auto options = command({"sleep", "1000"});
        options.fds = {{pipe.write.get(), 1}};
        const auto child = ChildProcess::start(options);
        pid = child.pid();
        pipe.write.reset();
    }
    CHECK(read_all(pipe.read).empty());
    CHECK(::kill(pid, 0) != 0);  // reaped too
}

TEST_CASE("child: one that was detached lives on") {
    Pipe in = make_pipe(), out = make_pipe();
    {
        auto options = command({"cat"});
        options.fds = {{in.read.get(), 0}, {out.write.get(), 1}};
        ChildProcess::start(options).detach();
    }
    out.write.reset();
    REQUIRE(::write(in.write.get(), "alive", 5) == 5);
    in.read.reset();
    in.write.reset();
    CHECK(read_all(out.read) == "alive");
}

TEST_CASE("child: one that shall end with its starter gets SIGTERM when that is killed") {
    Pipe pipe = make_pipe();
    const pid_t starter = ::fork();
    if (starter == 0) {
        auto options = shell("trap 'echo ended; exit 0' TERM; echo ready; while :; do sleep 0.05; done");
        options.ends_with_us = true;
        options.fds.push_back({pipe.write.get(), 1});
        auto child = ChildProcess::start(options);
        ::pause();
        ::_exit(0);
    }
    pipe.write.reset();
    char bytes[64];
    REQUIRE(::read(pipe.read.get(), bytes, sizeof bytes) == 6);  // "ready\n"
    ::kill(starter, SIGKILL);
    ::waitpid(starter, nullptr, 0);
    CHECK(read_all(pipe.read) == "ended\n");
}

TEST_CASE("child: whether it has ended can be asked without waiting") {
    Pipe pipe = make_pipe();
    auto options = shell("read line");
    options.fds.push_back({pipe.read.get(), 0});
    auto child = ChildProcess::start(options);
    CHECK_FALSE(child.has_ended());
    pipe.write.reset();
    pollfd ended{child.pidfd().get(), POLLIN, 0};
    REQUIRE(::poll(&ended, 1, 5000) == 1);
    CHECK(child.has_ended());
    child.wait();
    CHECK(child.has_ended());
}

TEST_CASE("child: an orphaned one is not our child, so that nothing of it stays with us when it ends") {
    Pipe in = make_pipe(), out = make_pipe();
    auto options = command({"cat"});
    options.orphaned = true;
    const std::string children = our_children();
    options.fds = {{in.read.get(), 0}, {out.write.get(), 1}};
    auto child = ChildProcess::start(options);
    in.read.reset();
    out.write.reset();
    CHECK(our_children() == children);  // not even what stood between us is left
    CHECK(::waitpid(child.pid(), nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    CHECK(::getpgid(child.pid()) == ::getpgrp());
    CHECK_FALSE(child.has_ended());
    in.write.reset();
    CHECK(read_all(out.read).empty());
    child.wait();
    CHECK(child.has_ended());
    CHECK(::waitpid(child.pid(), nullptr, 0) == -1);
}

TEST_CASE(
    "child: one that was orphaned is held like any other: what can't be run, the signals, the end with its holder") {
    auto options = command({"no-such-command"});
    options.orphaned = true;
    const std::string children = our_children();
    CHECK(kind_of_failure(options) == ErrorKind::not_found);
    CHECK(our_children() == children);
    Pipe pipe = make_pipe();
    options.argv = {"sh", "-c", "echo $$; exec sleep 1000"};
    options.fds = {{pipe.write.get(), 1}};
    std::string number;
    {
        const auto child = ChildProcess::start(options);
        pipe.write.reset();
        char bytes[64];
        const ssize_t n = ::read(pipe.read.get(), bytes, sizeof bytes);
        REQUIRE(n > 0);
        CHECK(std::string(bytes, static_cast<std::size_t>(n)) == std::to_string(child.pid()) + "\n");
    }
    CHECK(read_all(pipe.read).empty());
}
