// SPDX-License-Identifier: Apache-2.0
#include "tests/client/stage.hpp"
#include <atomic>
#include <doctest/doctest.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Stage;
namespace {

proto::SandboxInfo named(const std::string& name) {
    proto::SandboxInfo sandbox;
    sandbox.name = name;
    return sandbox;
}

proto::PsReply listing(const std::vector<std::string>& names) {
    proto::PsReply reply;
    for (const auto& name : names) reply.sandboxes.push_back(named(name));
    return reply;
}

std::vector<std::string> names_in(const proto::Message& stop) {
    return proto::from_json<proto::StopRequest>(*stop.payload, "stop").value().names;
}

}  // namespace

TEST_CASE("an isagd that ends with the question in its ear: the next one is asked") {
    const Stage stage;
    std::atomic<int> asked = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto request = peer.expect("ps");
        if (++asked < 3) return peer.close();
        peer.reply(request, listing({"web"}));
    });
    const auto done = stage.isag({"ps", "-q"});
    CHECK(done.status == 0);
    CHECK(done.out == "web\n");
    CHECK(done.err == "");
    CHECK(daemon.failure() == "");
    CHECK(asked == 3);
}

TEST_CASE("the third isagd that ends in the middle is told of") {
    const Stage stage;
    std::atomic<int> asked = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        peer.expect("ps");
        ++asked;
        peer.close();
    });
    const auto done = stage.isag({"ps"});
    CHECK(done.status == 1);
    CHECK(done.err.starts_with("isag: isagd closed the connection\n  "));
    CHECK(daemon.failure() == "");
    CHECK(asked == 3);
}

TEST_CASE("isag stop --all while an isagd is ending is answered by the next one") {
    const Stage stage;
    std::atomic<int> asked = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto request = peer.expect("stop");
        if (++asked == 1) return peer.close();
        peer.reply(request, proto::StopReply{{"web"}});
    });
    const auto done = stage.isag({"stop", "--all"});
    CHECK(done.status == 0);
    CHECK(done.out == "web\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag stop NAME: the next isagd is asked for those that the one before it did not stop") {
    const Stage stage;
    std::atomic<int> connections = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connections == 1) {
            CHECK(names_in(peer.expect("stop")) == std::vector<std::string>{"api", "web"});
            return peer.close();
        }
        peer.reply(peer.expect("ps"), listing({"web-2"}));
        const auto request = peer.expect("stop");
        CHECK(names_in(request) == std::vector<std::string>{"web"});
        peer.reply(request, proto::StopReply{{"web-2"}});
    });
    const auto done = stage.isag({"stop", "api", "web"});
    CHECK(done.status == 0);
    CHECK(done.out == "api\nweb-2\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("isag stop NAME that an ending isagd has carried out is done") {
    const Stage stage;
    std::atomic<int> connections = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connections == 1) {
            peer.expect("stop");
            return peer.close();
        }
        peer.reply(peer.expect("ps"), listing({}));
    });
    const auto done = stage.isag({"stop", "web"});
    CHECK(done.status == 0);
    CHECK(done.out == "web\n");
    CHECK(daemon.failure() == "");
}

}  // namespace isag
