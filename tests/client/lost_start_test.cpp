// SPDX-License-Identifier: Apache-2.0
#include "tests/client/stage.hpp"
#include <atomic>
#include <ctime>
#include <doctest/doctest.h>
#include <filesystem>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Stage;
namespace {

// What isag run says when the first isagd ends with the request in its ear; `next` plays the others.
test::Finished run_lost(const Stage& stage, const std::vector<std::string>& options, const FakeDaemon::Script& next) {
    std::filesystem::remove(stage.runtime() / "isag/isagd.sock");
    std::atomic<int> connections = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connections > 1) return next(peer);
        peer.expect("run");
        peer.close();
    });
    std::vector<std::string> words{"run", "-c", stage.config()};
    words.insert(words.end(), options.begin(), options.end());
    words.insert(words.end(), {"--", "true"});
    auto done = stage.isag(words);
    CHECK(daemon.failure() == "");
    CHECK(connections == 2);
    return done;
}

FakeDaemon::Script listing(const std::vector<proto::SandboxInfo>& sandboxes) {
    return [sandboxes](FakePeer& peer) {
        const auto asked = peer.expect("ps");
        auto listed = sandboxes;
        if (!test::request_of<proto::PsRequest>(asked).all)
            std::erase_if(listed, [](const proto::SandboxInfo& one) { return one.exit.has_value(); });
        peer.reply(asked, proto::PsReply{listed});
    };
}

proto::SandboxInfo sandbox(const Stage& stage, const std::string& name, const std::string& status = "running") {
    proto::SandboxInfo info;
    info.name = name;
    info.config = stage.config();
    info.status = status;
    info.started = ::time(nullptr) + 1000;  // later than any start that is asked about
    return info;
}

proto::SandboxInfo ended(proto::SandboxInfo info, std::int64_t code) {
    info.status = "ended";
    info.ended = info.started + 1;
    info.exit.emplace().code = code;
    return info;
}

std::string text(const Stage& stage, const std::string& what) {
    const auto log = stage.scratch.path() / ".local/state/isag/isagd.log";
    return "isag: isagd closed the connection\n  " + what + "\n  its log may tell why: " + log.string() + "\n";
}

}  // namespace

TEST_CASE(
    "isag run whose isagd was killed: without a terminal nothing stays, and the next isagd is there to see to it") {
    const Stage stage;
    const auto done = run_lost(stage, {}, listing({}));
    CHECK(done.status == 125);
    CHECK(done.err == text(stage, "nothing of the sandbox stays: run it again"));
}

TEST_CASE("isag run whose isagd was killed: with a terminal the next isagd is asked whether the sandbox had started") {
    const Stage stage;
    auto older = sandbox(stage, "older");
    older.started -= 2000;
    auto elsewhere = sandbox(stage, "elsewhere");
    elsewhere.config = "/elsewhere/isag.yaml";
    const auto none = run_lost(stage, {"-d"}, listing({older, elsewhere}));
    CHECK(none.status == 125);
    CHECK(none.err == text(stage, "nothing of the sandbox stays: run it again"));
    const auto runs = run_lost(stage, {"-d"}, listing({older, elsewhere, sandbox(stage, "web")}));
    CHECK(runs.status == 125);
    CHECK(runs.err == text(stage, "the sandbox web had started and runs on: 'isag attach web'"));
    const auto named = run_lost(stage, {"-d", "--name", "api"}, listing({sandbox(stage, "web")}));
    CHECK(named.err == text(stage, "nothing of the sandbox stays: run it again"));
}

TEST_CASE("isag run whose isagd was killed: one that has ended already had started, and the advice is no other run") {
    const Stage stage;
    auto older = ended(sandbox(stage, "older"), 1);
    older.started -= 2000;
    const auto web = ended(sandbox(stage, "web"), 6);
    const std::string has_ended = "the sandbox web had started and has ended with exit status 6: ";
    const auto detached = run_lost(stage, {"-d"}, listing({older, web}));
    CHECK(detached.status == 125);
    CHECK(detached.err == text(stage, has_ended + "'isag logs web'"));
    CHECK(run_lost(stage, {}, listing({older, web})).err == text(stage, has_ended + "'isag ps -a'"));
    CHECK(run_lost(stage, {"--name", "api"}, listing({web})).err ==
          text(stage, "nothing of the sandbox stays: run it again"));
    CHECK(run_lost(stage, {}, listing({older})).err == text(stage, "nothing of the sandbox stays: run it again"));
}

TEST_CASE("isag run whose isagd was killed: without a terminal one that runs had started, and ends with its client") {
    const Stage stage;
    const auto done = run_lost(stage, {}, listing({sandbox(stage, "web")}));
    CHECK(done.status == 125);
    CHECK(done.err ==
          text(stage, "the sandbox web had started and ends with this client: what its command has done stays"));
    CHECK(run_lost(stage, {}, listing({sandbox(stage, "web", "starting")})).err ==
          text(stage, "what there is of the sandbox the next isagd removes: run it again"));
}

TEST_CASE("isag run whose isagd was killed: where no isagd can tell what became of it, the next one removes it") {
    const Stage stage;
    const std::string later = "what there is of the sandbox the next isagd removes: run it again";
    const auto again = run_lost(stage, {"-d"}, [](FakePeer& peer) {
        peer.expect("ps");
        peer.close();
    });
    CHECK(again.status == 125);
    CHECK(again.err == text(stage, later));
    CHECK(run_lost(stage, {"-d"}, listing({sandbox(stage, "web", "starting")})).err == text(stage, later));
}

}  // namespace isag
