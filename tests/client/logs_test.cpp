// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <fcntl.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
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

}  // namespace isag
