// SPDX-License-Identifier: Apache-2.0
#include "proto/net.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::request_of;
using test::Stage;

namespace {

proto::gate::Event refusal(const std::string& target) {
    proto::gate::Event event;
    event.time = 1767225600123;
    event.protocol = "dns";
    event.target = target;
    event.why = "no rule names " + target;
    event.count = 2;
    return event;
}

}  // namespace

TEST_CASE("help net lists its commands, and help of one of them shows it") {
    const Stage stage;
    const auto group = stage.isag({"help", "net"});
    CHECK(group.status == 0);
    CHECK(group.out.starts_with("Usage: isag net COMMAND"));
    for (const char* name : {"net allow", "net check", "net deny", "net log", "net show"})
        CHECK(group.out.find(name) != std::string::npos);
    CHECK(group.out.ends_with("Example:\n  isag net allow example.com\n"));
    CHECK(stage.isag({"net", "--help"}).out == group.out);
    CHECK(stage.isag({"help", "net", "log"}).out == stage.isag({"net", "log", "--help"}).out);
    CHECK(stage.isag({"help"}).out == stage.isag({"--help"}).out);
    CHECK(stage.isag({"help", "nte"}).status == 2);
}

TEST_CASE("net: wrong usage is said before a daemon is asked") {
    const Stage stage;
    for (const std::vector<std::string>& arguments : {std::vector<std::string>{"net"},
                                                      {"net", "allow"},
                                                      {"net", "allow", "a.com", "web", "more"},
                                                      {"net", "allow", "a.com", "--for", "soon"},
                                                      {"net", "allow", "a.com", "--for", "5m", "--save"},
                                                      {"net", "check"},
                                                      {"net", "log", "--since", "x"},
                                                      {"net", "log", "--tail", "-1"},
                                                      {"net", "show", "a", "b"},
                                                      {"run", "--save", "-c", stage.config()}}) {
        const auto done = stage.isag(arguments);
        CHECK(done.status == 2);
        CHECK(done.err.starts_with("isag: "));
    }
    CHECK(!std::filesystem::exists(stage.runtime() / "isag"));
}

TEST_CASE("net allow and deny: what is asked for, and what is said of it") {
    const Stage stage;
    std::vector<proto::net::ChangeRequest> asked;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("net.change");
        const auto request = asked.emplace_back(request_of<proto::net::ChangeRequest>(message));
        proto::net::ChangeReply reply;
        reply.rule = "a.com:443";
        reply.cut = request.allow ? 0 : 2;
        if (request.target.name != "file") reply.sandbox = "web";
        if (request.save) reply.saved = proto::net::Saved{"/a/isag.yaml", request.allow, {}, {}};
        peer.reply(message, reply);
    });
    CHECK(stage.isag({"net", "allow", "A.com:443", "we", "--for", "10m"}).out == "web: allowed a.com:443 for 10m\n");
    CHECK(stage.isag({"net", "deny", "a.com:443", "-c", stage.config()}).out ==
          "web: denied a.com:443 until the sandbox ends, 2 open connections cut\n");
    CHECK(stage.isag({"net", "allow", "a.com:443", "file", "--save"}).out == "/a/isag.yaml: added a.com:443\n");
    CHECK(stage.isag({"net", "deny", "a.com:443", "file", "--save"}).out == "/a/isag.yaml: does not name a.com:443\n");
    const auto json = nlohmann::json::parse(stage.isag({"net", "allow", "a.com", "--json"}).out);
    CHECK(json.at("sandbox") == "web");
    CHECK(daemon.failure() == "");
    REQUIRE(asked.size() == 5);
    CHECK(asked[0].domain == "A.com:443");
    CHECK(asked[0].target.name == "we");
    CHECK(asked[0].seconds == 600);
    CHECK_FALSE(asked[1].target.name.has_value());
    CHECK(asked[1].target.config.path == stage.config());
    CHECK(asked[2].save);
}

TEST_CASE("net deny --save: a file that is not written fails the command, not the live change") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        proto::net::ChangeReply reply;
        reply.rule = "x.a.com";
        reply.sandbox = "web";
        reply.saved = proto::net::Saved{"/a/isag.yaml", false, "*.a.com still allows x.a.com", "remove that"};
        peer.reply(peer.expect("net.change"), reply);
    });
    const auto done = stage.isag({"net", "deny", "x.a.com", "--save"});
    CHECK(done.status == 1);
    CHECK(done.out == "web: denied x.a.com until the sandbox ends\n");
    CHECK(done.err == "isag: not written: *.a.com still allows x.a.com\n  remove that\n");
}

TEST_CASE("net check: the answer, its reason, and the exit status") {
    const Stage stage;
    bool allowed = true;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("net.check");
        CHECK(request_of<proto::net::CheckRequest>(message).host == "a.com:22");
        proto::net::CheckReply reply{
            {}, "a.com", 22, {allowed, allowed ? "a.com" : "", allowed ? "allowed by a.com" : "no rule names a.com"}};
        if (allowed) reply.sandbox = "web";
        peer.reply(message, reply);
    });
    const auto yes = stage.isag({"net", "check", "a.com:22"});
    CHECK(yes.out == "allow  a.com:22  allowed by a.com  [web]\n");
    CHECK(yes.status == 0);
    allowed = false;
    const auto no = stage.isag({"net", "check", "a.com:22", "-c", "x.yaml"});
    CHECK(no.out == "deny  a.com:22  no rule names a.com  [x.yaml (no sandbox runs)]\n");
    CHECK(no.status == 1);
    const auto json = stage.isag({"net", "check", "a.com:22", "--json"});
    CHECK(nlohmann::json::parse(json.out).at("allowed") == false);
    CHECK(json.status == 1);
    CHECK(daemon.failure() == "");
}

TEST_CASE("net log: lines, JSON, and what comes while it is followed") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("net.log");
        const auto request = request_of<proto::net::LogRequest>(message);
        proto::net::Log log;
        log.sandbox = "web";
        log.events = {refusal("evil.com\x1b[2J"), refusal("b.com")};
        log.forgotten = request.tail.value_or(0);
        peer.reply(message, log);
        if (!request.follow) return;
        peer.notify("net.event", refusal("c.com"));
        peer.notify("net.ended", proto::Nothing());
    });
    const auto lines = stage.isag({"net", "log", "--tail", "7"});
    CHECK(lines.status == 0);
    CHECK(lines.out.find("  web  refused  evil.com\\x1b[2J  (dns, 2 times)  no rule names evil.com\\x1b[2J\n") !=
          std::string::npos);
    CHECK(lines.out.find('\x1b') == std::string::npos);
    CHECK(lines.err == "isag: 7 more were too many to be told one by one\n");
    const auto array = nlohmann::json::parse(stage.isag({"net", "log", "--json"}).out);
    REQUIRE(array.size() == 2);
    CHECK(array[1].at("target") == "b.com");
    CHECK(array[1].at("time") == "2026-01-01T00:00:00.123Z");
    const auto followed = stage.isag({"net", "log", "-f", "--json", "--since", "10m"});
    CHECK(followed.status == 0);
    CHECK(followed.err == "isag: the sandbox web has ended\n");
    std::istringstream objects(followed.out);
    std::vector<std::string> targets;
    for (std::string line; std::getline(objects, line);) targets.push_back(nlohmann::json::parse(line).at("target"));
    CHECK(targets == std::vector<std::string>{"evil.com\x1b[2J", "b.com", "c.com"});
    CHECK(daemon.failure() == "");
}

TEST_CASE("net show: the table, JSON, and the ruleset as it is loaded") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        proto::net::Shown shown;
        shown.sandbox = "web";
        shown.state.limited = true;
        shown.state.ruleset = "table inet isag {\n\tchain x {\x1b\n}\n";
        peer.reply(peer.expect("net.show"), shown);
    });
    CHECK(stage.isag({"net", "show"}).out.starts_with("web: only what the rules allow is let through\n"));
    CHECK(nlohmann::json::parse(stage.isag({"net", "show", "--json"}).out).at("state").at("limited") == true);
    CHECK(stage.isag({"net", "show", "--ruleset"}).out.find("chain x {\\x1b\n}\n") != std::string::npos);
    CHECK(daemon.failure() == "");
}

TEST_CASE("run tells on stderr what was refused, after the program's own output") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto request = peer.expect("run");
        CHECK(request_of<proto::RunRequest>(request).learn);
        Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(in.write));
        fds.push_back(std::move(out.read));
        fds.push_back(std::move(err.read));
        peer.reply(request, test::reply_for(request_of<proto::RunRequest>(request)), std::move(fds));
        CHECK(::write(out.write.get(), "result\n", 7) == 7);
        proto::net::Summary summary;
        summary.refused = 2;
        summary.refusals = {refusal("evil.com")};
        summary.remedies = {"evil.com"};
        summary.learn = true;
        summary.learned = {"a.com"};
        peer.notify("net.summary", summary);
        proto::Exited exited;
        exited.code = 3;
        peer.notify("exited", exited);
    });
    const auto done = stage.isag({"run", "-c", stage.config(), "--learn", "--", "x"});
    CHECK(done.status == 3);
    CHECK(done.out == "result\n");
    CHECK(done.err.starts_with("isag: LEARNING: THIS SANDBOX IS NOT PROTECTED."));
    CHECK(done.err.find("isag: the network refused 2 attempts:\n  2x  evil.com  no rule names evil.com\n") !=
          std::string::npos);
    CHECK(done.err.find("    isag net allow evil.com --save -c " + stage.config() + "\n") != std::string::npos);
    CHECK(done.err.find("isag: learned: 1 that " + stage.config() +
                        " does not allow yet:\n  domains:\n    - a.com\n") != std::string::npos);
    CHECK(daemon.failure() == "");
}

}  // namespace isag
