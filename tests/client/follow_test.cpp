// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <sstream>

// Commands that last, and isagds that don't.
namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::Pty;
using test::request_of;
using test::Stage;

namespace {

proto::gate::Event refused_at(std::int64_t time, const std::string& target) {
    proto::gate::Event event;
    event.time = time;
    event.protocol = "dns";
    event.target = target;
    return event;
}

proto::DaemonEvent event_at(std::int64_t time, const std::string& subject) {
    return {time, "sandbox.started", subject, {}};
}

proto::PsReply list_of(const std::string& name) {
    proto::PsReply reply;
    proto::SandboxInfo sandbox;
    sandbox.name = name;
    sandbox.status = "running";
    reply.sandboxes.push_back(sandbox);
    return reply;
}

// That key of the object on each line.
std::vector<std::string> each(const std::string& lines, const char* key) {
    std::vector<std::string> out;
    std::istringstream in(lines);
    for (std::string line; std::getline(in, line);) out.push_back(nlohmann::json::parse(line).at(key));
    return out;
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("wait goes on with the next isagd, however many go away") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (++connection == 3) return;
        peer.reply(peer.expect("ps"), proto::PsReply());
        const auto request = peer.expect("wait");
        CHECK(request_of<proto::WaitRequest>(request).target.name == "web");
        if (connection < 6) return;
        proto::WaitReply reply;
        reply.name = "web";
        reply.exited.code = 7;
        peer.reply(request, reply);
    });
    const auto done = stage.isag({"wait", "web"});
    CHECK(done.status == 0);
    CHECK(done.out == "7\n");
    CHECK(done.err == "");
    CHECK(daemon.failure() == "");
    CHECK(connection == 6);
}

TEST_CASE("net log -f goes on behind the last refusal it has shown") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("net.log");
        const auto request = request_of<proto::net::LogRequest>(message);
        proto::net::Log log;
        log.sandbox = "web";
        log.forgotten = 3;
        switch (++connection) {
            case 1:
                CHECK(request.target.name == "we");
                CHECK(request.tail == 1);
                log.events = {refused_at(5, "a.com")};
                peer.reply(message, log);
                peer.notify("net.event", refused_at(7, "b.com"));
                peer.notify("net.event", refused_at(6, "c.com"));
                return;
            case 2:
                return;  // without an answer
            case 3:      // remembers what was before, as one does that has only dropped this client
                CHECK(request.target.name == "web");
                CHECK(!request.tail);
                log.events = {refused_at(1, "old.com"), refused_at(5, "a.com"), refused_at(7, "b.com"),
                              refused_at(6, "c.com"), refused_at(8, "d.com")};
                peer.reply(message, log);
                return;
            default:  // knows nothing of before
                log.events = {refused_at(9, "e.com")};
                peer.reply(message, log);
                peer.notify("net.event", refused_at(9, "e.com"));
                peer.notify("net.ended", proto::Nothing());
        }
    });
    const auto done = stage.isag({"net", "log", "-f", "we", "--json", "--tail", "1"});
    CHECK(done.status == 0);
    CHECK(each(done.out, "target") == Names{"a.com", "b.com", "c.com", "d.com", "e.com", "e.com"});
    CHECK(done.err == "isag: 3 more were too many to be told one by one\nisag: the sandbox web has ended\n");
    CHECK(daemon.failure() == "");
    CHECK(connection == 4);
}

TEST_CASE("net log -f of a sandbox that ended while no isagd was there ends as for one that ends") {
    for (const bool runs : {false, true}) {
        const Stage stage;
        int connection = 0;
        FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
            const auto message = peer.expect("net.log");
            if (++connection == 1) return peer.reply(message, proto::net::Log{"web", {}, 0, 0});
            peer.fail(message, Error("the sandbox web does not tell"));
            peer.reply(peer.expect("ps"), runs ? list_of("web") : proto::PsReply());
        });
        const auto done = stage.isag({"net", "log", "-f", "web"});
        CHECK(done.status == (runs ? 1 : 0));
        CHECK(done.err == (runs ? "isag: the sandbox web does not tell\n" : "isag: the sandbox web has ended\n"));
        CHECK(daemon.failure() == "");
    }
}

TEST_CASE("events -f goes on with the next isagd, and where that one goes away before it answers, with the one after") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("events");
        switch (++connection) {
            case 1:
                peer.reply(message, proto::EventsReply{{event_at(1, "a"), event_at(1, "b")}});
                return peer.notify("event", event_at(2, "c"));
            case 2:
            case 3:
            case 4:
                return;
            case 5:
                peer.reply(message, proto::EventsReply{{event_at(1, "b"), event_at(2, "c"), event_at(2, "d")}});
                return peer.notify("event", event_at(3, "e"));
            case 6:
                peer.reply(message, proto::EventsReply{{event_at(4, "f")}});
                return;
            default:
                peer.fail(message, Error("enough"));
        }
    });
    const auto done = stage.isag({"events", "-f", "--json"});
    CHECK(done.status == 1);
    CHECK(done.err == "isag: enough\n");
    CHECK(each(done.out, "subject") == Names{"a", "b", "c", "d", "e", "f"});
    CHECK(daemon.failure() == "");
}

TEST_CASE("top shows what it showed until the next isagd answers") {
    const Stage stage;
    int connection = 0;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("ps");
        if (++connection > 1 && connection < 6) return;
        peer.reply(message, list_of(connection == 1 ? "web" : "api"));
    });
    Pty::Options options;
    options.argv = Stage::command({"top", "--interval", "1s"});
    options.environment = stage.environment;
    Pty pty(options);
    pty.expect("web");
    pty.expect("api");
    pty.type("q");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("no sandbox runs") == std::string::npos);
    CHECK(daemon.failure() == "");

    connection = 0;
    const Stage second;
    FakeDaemon pipes(second.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("ps");
        if (++connection > 1 && connection < 6) return;
        peer.reply(message, list_of("web"));
    });
    const auto once = second.isag({"top", "--interval", "1s"});
    CHECK(once.status == 0);
    CHECK(once.out.find("\nweb") != std::string::npos);
    CHECK(pipes.failure() == "");
}

TEST_CASE("top alone starts the next isagd") {
    const Stage stage;
    const auto& home = stage.scratch.path();
    std::filesystem::create_directory(home / "bin");
    std::filesystem::copy_file(ISAG_PROGRAM, home / "bin/isag");
    write_file(home / "bin/isagd",
               "#!/bin/sh\ntouch $HOME/started\nuntil [ -e $HOME/serves ]; do sleep 0.01; done\nprintf R >&3\n", 0755);
    std::optional<FakeDaemon> daemon;
    daemon.emplace(stage.runtime(), [](FakePeer& peer) { peer.reply(peer.expect("ps"), list_of("web")); });
    Pty::Options options;
    options.argv = {(home / "bin/isag").string(), "top", "--interval", "1s"};
    options.environment = stage.environment;
    Pty pty(options);
    pty.expect("web");
    daemon.reset();
    for (int tries = 0; tries < 2000 && !std::filesystem::exists(home / "started"); ++tries) ::poll(nullptr, 0, 10);
    REQUIRE(std::filesystem::exists(home / "started"));
    std::filesystem::remove(stage.runtime() / "isag/isagd.sock");
    daemon.emplace(stage.runtime(), [](FakePeer& peer) { peer.reply(peer.expect("ps"), list_of("api")); });
    write_file(home / "serves", "");
    pty.expect("api");
    pty.type("q");
    CHECK(pty.exit_code() == 0);
    CHECK(pty.output().find("no sandbox runs") == std::string::npos);
    CHECK(daemon->failure() == "");
}

}  // namespace isag
