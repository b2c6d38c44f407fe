// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::request_of;
using test::Stage;

namespace {

const std::string printed = "one\r\n\x1b[?1049h\x1b]52;c;aGVsbG8=\x07two\x1b[21t\r\nthree";

// Answers "logs" with two files that hold what was printed.
FakeDaemon::Script logs_of(const Stage& stage) {
    return [&stage](FakePeer& peer) {
        const auto request = peer.expect("logs");
        proto::LogsReply reply;
        reply.name = "web";
        std::vector<UniqueFd> fds;
        for (const auto& part : {printed.substr(0, 9), printed.substr(9)}) {
            const auto path = stage.scratch / "log";
            write_file(path, part + "not yet");
            reply.sizes.push_back(static_cast<std::int64_t>(part.size()));
            fds.emplace_back(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
        }
        peer.reply(request, reply, std::move(fds));
    };
}

// A sandbox's log on disk, of which one isagd after another tells.
class FakeLog {
public:
    explicit FakeLog(const Stage& stage) : folder_(stage.scratch.path()) {}

    void print(int file, std::string_view text) const { std::ofstream(path(file), std::ios::app) << text; }
    void remove(int file) const { std::filesystem::remove(path(file)); }
    // Answers the next "logs" with those files and, where it is followed and `runs`, a stream, whose other end is
    // returned.
    UniqueFd answer(FakePeer& peer, std::initializer_list<int> files, bool runs = true) const {
        const auto request = peer.expect("logs");
        proto::LogsReply reply;
        reply.name = "web";
        std::vector<UniqueFd> fds;
        for (const int file : files) {
            reply.sizes.push_back(static_cast<std::int64_t>(std::filesystem::file_size(path(file))));
            fds.emplace_back(::open(path(file).c_str(), O_RDONLY | O_CLOEXEC));
        }
        Pipe stream = make_pipe();
        const bool follow = request_of<proto::LogsRequest>(request).follow;
        if (follow && runs) fds.push_back(std::move(stream.read));
        peer.reply(request, reply, std::move(fds));
        return std::move(stream.write);
    }

private:
    std::filesystem::path path(int file) const { return folder_ / (std::to_string(file) + ".log"); }
    std::filesystem::path folder_;
};

void ring(const UniqueFd& stream) { REQUIRE(::write(stream.get(), "x", 1) == 1); }

}  // namespace

TEST_CASE("logs: into a pipe goes what was printed, as it is, or its last lines") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), logs_of(stage));
    CHECK(stage.isag({"logs", "web"}).out == printed);
    CHECK(stage.isag({"logs", "web", "--tail", "1"}).out == "three");
    CHECK(stage.isag({"logs", "web", "--tail", "0"}).out == "");
    CHECK(daemon.failure() == "");
}

TEST_CASE("logs: to a terminal goes what may go there, and its modes are taken back") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), logs_of(stage));
    Pty::Options options;
    options.argv = Stage::command({"logs", "web"});
    options.environment = stage.environment;
    Pty pty(options);
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("]52") == std::string::npos);
    CHECK(pty.output().find("[21t") == std::string::npos);
    CHECK(pty.output().find("two") != std::string::npos);
    CHECK(pty.output().ends_with("three\x1b[?1049l"));
    CHECK(daemon.failure() == "");
}

TEST_CASE("logs -f goes on with the next isagd, and the next, where it was: nothing is lost, nothing comes twice") {
    const Stage stage;
    const FakeLog log(stage);
    log.print(1, "first\r\nsecond\r\n");
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 5) return static_cast<void>(log.answer(peer, {1}, false));
        const auto stream = log.answer(peer, {1});
        log.print(1, "while " + std::to_string(connection) + " serves\r\n");
        ring(stream);
        log.print(1, "not told by " + std::to_string(connection) + "\r\n");
    });
    const auto done = stage.isag({"logs", "-f", "we", "--tail", "1"});
    std::string expected = "second\r\n";
    for (const char* number : {"1", "2", "3", "4"})
        expected += std::string("while ") + number + " serves\r\nnot told by " + number + "\r\n";
    CHECK(done.status == 0);
    CHECK(done.out == expected);
    CHECK(done.err == "");
    CHECK(daemon.failure() == "");
    CHECK(connection == 5);
}

TEST_CASE("logs -f passes over an isagd that goes before it answers, and a signal ends it") {
    const Stage stage;
    const FakeLog log(stage);
    log.print(1, "one\r\n");
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 2) return static_cast<void>(peer.expect("logs"));  // and it goes without an answer
        const auto stream = log.answer(peer, {1});
        if (connection == 1) return;
        log.print(1, "two\r\n");
        ring(stream);
        const auto ended = log.answer(peer, {1});  // waits for the client, whose stream is still open
        static_cast<void>(ended);
    });
    auto argv = Stage::command({"logs", "-f", "web"});
    Pipe out = make_pipe();
    ChildOptions options;
    options.argv = argv;
    options.env = stage.environment;
    options.fds = {{out.write.get(), 1}, {STDERR_FILENO, 2}};
    ChildProcess isag = ChildProcess::start(options);
    out.write.reset();
    std::string text;
    while (text != "one\r\ntwo\r\n") {
        pollfd fd{out.read.get(), POLLIN, 0};
        REQUIRE(::poll(&fd, 1, 20'000) == 1);
        char bytes[64];
        const ssize_t n = ::read(out.read.get(), bytes, sizeof bytes);
        REQUIRE(n > 0);
        text.append(bytes, static_cast<std::size_t>(n));
    }
    isag.signal(SIGTERM);
    CHECK(isag.wait().as_shell() == 128 + SIGTERM);
    CHECK(connection == 3);
}

TEST_CASE("logs -f ends where the stream ends and isagd stays, with all that was printed") {
    const Stage stage;
    const FakeLog log(stage);
    log.print(1, "one\r\n");
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        auto stream = log.answer(peer, {1});
        log.print(1, "two\r\n");
        stream.reset();
        log.answer(peer, {1});
        CHECK(!peer.receive());
    });
    const auto done = stage.isag({"logs", "-f", "web"});
    CHECK(done.status == 0);
    CHECK(done.out == "one\r\ntwo\r\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("logs -f follows from file to file, across the end of an isagd too") {
    const Stage stage;
    const FakeLog log(stage);
    const std::string full(static_cast<std::size_t>(proto::full_log_file), 'x');
    log.print(1, "one ");
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 1) {
            const auto stream = log.answer(peer, {1});
            log.print(1, full);
            log.print(2, "two ");
            ring(stream);
            log.answer(peer, {1, 2});
            return;
        }
        log.print(2, full);
        log.print(3, "three ");
        log.remove(1);
        auto stream = log.answer(peer, {2, 3});
        log.print(3, "four");
        stream.reset();
        log.answer(peer, {2, 3});
    });
    const auto done = stage.isag({"logs", "-f", "web"});
    CHECK(done.status == 0);
    CHECK(done.out.size() == 2 * full.size() + 18);
    CHECK(done.out == "one " + full + "two " + full + "three four");
    CHECK(daemon.failure() == "");
}

TEST_CASE(
    "logs -f: where the next isagd has no such sandbox, its reason is told, and the terminal's modes taken back") {
    const Stage stage;
    const FakeLog log(stage);
    log.print(1, "\x1b[?1049hone");
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 1) return static_cast<void>(log.answer(peer, {1}));
        peer.fail(peer.expect("logs"), Error("there is no sandbox web"));
    });
    Pty::Options options;
    options.argv = Stage::command({"logs", "-f", "web"});
    options.environment = stage.environment;
    Pty pty(options);
    CHECK(pty.exit_code() == 1);
    pty.expect("one\x1b[?1049l");
    pty.expect("isag: there is no sandbox web");
    CHECK(daemon.failure() == "");
}

}  // namespace isag
