// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "common/version.hpp"
#include "proto/config.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>

namespace isag {
using test::FakeDaemon;
using test::FakePeer;
using test::request_of;
using test::Stage;
namespace fs = std::filesystem;

namespace {

proto::SandboxInfo sandbox(const std::string& name, const std::string& config) {
    proto::SandboxInfo out;
    out.name = name;
    out.agent = "claude";
    out.status = "running";
    out.config = config;
    return out;
}

}  // namespace

TEST_CASE("help and wrong usage need no daemon") {
    const Stage stage;
    CHECK(stage.isag({"--help"}).out.starts_with("Usage: isag COMMAND"));
    CHECK(stage.isag({"config", "--help"}).out.starts_with("Usage: isag config COMMAND"));
    CHECK(stage.isag({"run", "--help"}).out.starts_with("Usage: isag run [OPTION…] [--] [ARG…]\n"));
    CHECK(stage.isag({"run", "--help"}).status == 0);
    const auto none = stage.isag({});
    CHECK(none.status == 2);
    CHECK(none.out == "");
    const auto unknown = stage.isag({"rnu"});
    CHECK(unknown.status == 2);
    CHECK(unknown.err == "isag: unknown command 'rnu'\n  did you mean 'isag run'? 'isag --help' lists the commands\n");
    CHECK(stage.isag({"run", "--detahc"}).status == 2);
    CHECK(stage.isag({"stop", "-t", "soon", "x"}).status == 2);
    CHECK(stage.isag({"stop", "--all", "x"}).status == 2);
    CHECK(!fs::exists(stage.runtime() / "isag"));
}

TEST_CASE("--version says the daemon's too where one answers, and starts none") {
    const Stage stage;
    const std::string own = std::string("isag ") + version + "\n";
    CHECK(stage.isag({"--version"}).out == own);
    FakeDaemon daemon(stage.runtime(), [](FakePeer&) {});
    CHECK(stage.isag({"--version"}).out == own + "isagd 9.8.7\n");
    CHECK(stage.isag({"run", "--version"}).out == own + "isagd 9.8.7\n");
}

TEST_CASE("an option of the agent or of docker run has a hint where it belongs") {
    const Stage stage;
    for (const char* option : {"--resume", "-it", "--rm", "-m"}) {
        const auto done = stage.isag({"run", option});
        CHECK(done.status == 2);
        CHECK(done.err.find("'isag run -- --resume'") != std::string::npos);
        CHECK(done.err.find("no -it, no --rm") != std::string::npos);
    }
    CHECK(stage.isag({"run", "-p", "fix the tests"}).err.find("a -p for the agent goes behind --") !=
          std::string::npos);
}

TEST_CASE("a daemon of another protocol is refused, with both versions and what to do") {
    const auto refusal = [](std::int64_t protocol) {
        const Stage stage;
        FakeDaemon daemon(stage.runtime(), [](FakePeer&) {}, {protocol, "9.8.7"});
        const auto done = stage.isag({"ps"});
        CHECK(done.status == 1);
        CHECK(done.err.find("isagd 9.8.7 speaks protocol " + std::to_string(protocol)) != std::string::npos);
        CHECK(stage.isag_run({"true"}).status == 125);
        return done.err;
    };
    CHECK(refusal(1).find("\n  restart isagd: systemctl --user restart isagd") != std::string::npos);
    CHECK(refusal(77).find("\n  this isag is the older one") != std::string::npos);
}

TEST_CASE("ps prints a table, names, or JSON") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [](FakePeer& peer) {
        proto::PsReply reply;
        reply.sandboxes = {sandbox("web", "/a/isag.yaml"), sandbox("api", "/b/isag.yaml")};
        peer.reply(peer.expect("ps"), reply);
    });
    CHECK(stage.isag({"ps"}).out.starts_with("NAME  AGENT   STATUS "));
    CHECK(stage.isag({"ps", "-aq"}).out == "web\napi\n");
    const auto parsed = nlohmann::json::parse(stage.isag({"ps", "--json"}).out);
    CHECK(parsed.is_array());
    CHECK(parsed.at(1).at("name") == "api");
    CHECK(daemon.failure() == "");
}

TEST_CASE("stop names sandboxes, or means the one of the configuration") {
    const Stage stage;
    std::vector<std::string> asked;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        auto message = peer.receive();
        if (!message) return;
        if (message->method == "ps") {
            proto::PsReply reply;
            reply.sandboxes = {sandbox("web", stage.config()), sandbox("api", "/b/isag.yaml")};
            peer.reply(*message, reply);
            message = peer.receive();
            if (!message) return;
        }
        const auto request = request_of<proto::StopRequest>(*message);
        std::string shown = request.all ? "all" : "";
        for (const auto& name : request.names) shown += name + " ";
        asked.push_back(shown + std::to_string(request.seconds));
        proto::StopReply reply;
        reply.stopped = request.names;
        peer.reply(*message, reply);
    });
    CHECK(stage.isag({"stop", "api", "web", "-t", "3"}).out == "api\nweb\n");
    CHECK(stage.isag({"stop", "--all"}).status == 0);
    CHECK(stage.isag({"stop", "-c", stage.config()}).out == "web\n");
    const auto none = stage.isag({"stop", "-c", "/nowhere/isag.yaml"});
    CHECK(none.status == 1);
    CHECK(none.err.starts_with("isag: no sandbox of /nowhere/isag.yaml is running\n  "));
    CHECK(daemon.failure() == "");
    CHECK(asked == std::vector<std::string>{"api web 3", "all10", "web 10"});
}

TEST_CASE("build shows its steps on stderr, prints the tag on stdout and makes the ssh keys") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("build");
        const auto request = request_of<proto::BuildRequest>(message);
        CHECK(request.config.path == stage.config());
        CHECK(request.image.pull);
        CHECK(!request.image.rebuild);
        peer.notify("progress", proto::Progress{"image", "one", 1, 2});
        peer.notify("progress", proto::Progress{"image", "one", 1, 2});
        peer.notify("notice", proto::Notice{"made with mmdebstrap"});
        peer.notify("progress", proto::Progress{"image", "two", 2, 2});
        peer.reply(message, proto::BuildReply{"isag/x:abc", true, (stage.scratch.path() / "artifacts").string()});
    });
    const auto done = stage.isag({"build", "-c", stage.config(), "--pull"});
    CHECK(done.out == "isag/x:abc\n");
    CHECK(done.err == "image: 1/2 one\nisag: made with mmdebstrap\nimage: 2/2 two\nisag: artifacts: " +
                          stage.scratch.path().string() + "/artifacts\n");
    CHECK(fs::exists(stage.scratch.path() / "artifacts/ssh/id_ed25519"));
    CHECK(daemon.failure() == "");
}

TEST_CASE("an error of several lines is printed whole, its hint indented, without control characters") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        if (const auto message = peer.receive())
            peer.fail(*message, Error("a.yaml:1:2: x\na.yaml:3:4: \x1b[2J", "mend it"));
    });
    const auto done = stage.isag({"run", "-c", stage.config()});
    CHECK(done.status == 125);
    CHECK(done.err == "isag: a.yaml:1:2: x\na.yaml:3:4: \\x1b[2J\n  mend it\n");
    CHECK(stage.isag({"build"}).status == 1);
}

TEST_CASE("config check prints each finding, config show what holds") {
    const Stage stage;
    proto::ConfigReport report;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.receive();
        if (!message) return;
        if (message->method == "config.check")
            peer.reply(*message, report);
        else
            peer.reply(*message, proto::ConfigText{"a: 1\n", "{\"a\":1}"});
    });
    CHECK(stage.isag({"config", "check"}).out == "isag.yaml: ok\n");
    CHECK(stage.isag({"config", "check", "--json"}).out == "[]\n");
    proto::Finding finding;
    finding.file = "isag.yaml";
    finding.line = 3;
    finding.column = 5;
    finding.key = "container.pyton";
    finding.message = "unknown key, did you mean 'python'?";
    report.findings = {finding};
    const auto bad = stage.isag({"config", "check"});
    CHECK(bad.status == 1);
    CHECK(bad.err == "isag.yaml:3:5: container.pyton: unknown key, did you mean 'python'?\n");
    const auto bad_json = stage.isag({"config", "check", "--json"});
    CHECK(bad_json.status == 1);
    CHECK(nlohmann::json::parse(bad_json.out).at(0).at("line") == 3);
    CHECK(stage.isag({"config", "show"}).out == "a: 1\n");
    CHECK(stage.isag({"config", "show", "--json"}).out == "{\"a\":1}\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("init passes on what isagd says of the base image") {
    const Stage stage;
    FakeDaemon daemon(stage.runtime(), [](FakePeer& peer) {
        const auto message = peer.expect("config.template");
        peer.notify("notice", proto::Notice{"no registry answers for ubuntu:24.04"});
        peer.reply(message, proto::Template{"project: x\n", "."});
    });
    CHECK(stage.isag({"init", "-o", stage.config()}).err == "isag: no registry answers for ubuntu:24.04\n");
    CHECK(daemon.failure() == "");
}

TEST_CASE("init writes the daemon's template, never over a file unless told to") {
    const Stage stage;
    std::string vendor;
    std::optional<std::string> project;
    FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) {
        const auto message = peer.expect("config.template");
        const auto request = request_of<proto::TemplateRequest>(message);
        vendor = request.vendor;
        project = request.project;
        peer.reply(message, proto::Template{"project: x\n", request.project.value_or(".")});
    });
    const std::string file = stage.config();
    CHECK(stage.isag({"init", "-o", file}).out == "Wrote " + file + " (project: .)\n");
    CHECK(vendor == "claude");
    CHECK(!project);
    CHECK(read_file(file).value() == "project: x\n");
    CHECK((fs::status(file).permissions() & fs::perms::mask) == fs::perms(0644));
    const auto refused = stage.isag({"init", "-o", file});
    CHECK(refused.status == 1);
    CHECK(refused.err == "isag: " + file + " exists\n  --force replaces it\n");
    CHECK(stage
              .isag({"init", "-o", file, "--force", "--vendor", "codex", "--project",
                     stage.scratch.path() / "src/../web"})
              .status == 0);
    CHECK(vendor == "codex");
    CHECK(project == "~/web");
    CHECK(stage.isag({"init", "-o", file + "2", "--project", "/srv/./x"}).status == 0);
    CHECK(project == "/srv/x");
    CHECK(stage.isag({"init", "--vendor", "other"}).status == 2);
    CHECK(stage.isag({"init", "-o", stage.scratch.path() / "no/such/folder"}).status == 1);
    CHECK(daemon.failure() == "");
    for (const auto& entry : fs::directory_iterator(stage.scratch.path()))
        CHECK(entry.path().string().find(".new-") == std::string::npos);
}

}  // namespace isag
