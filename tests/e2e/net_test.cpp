// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

// The commands of the firewall on real sandboxes. Names are only looked up inside, which the gate answers by itself: no
// query leaves.
namespace isag {
using test::eventually;
using test::Home;
using test::Pty;
using test::Running;

namespace {

const std::string network = "limit_network:\n  dns: [198.51.100.53]\n  domains:  # ours\n    - one.example  # why\n";

// Says again and again whether a name has an address.
std::vector<std::string> watch(const std::string& name) {
    return {"run", "--", "sh", "-c",
            "while :; do getent ahostsv4 " + name + " >/dev/null && echo yes || echo no; sleep 0.05; done"};
}

// What the sandbox says from now on ends with this answer, several times over.
bool comes_to_say(const Running& running, const std::string& answer) {
    const std::string wanted = answer + "\n" + answer + "\n" + answer + "\n";
    return eventually([&] { return running.out().ends_with(wanted); });
}

}  // namespace

TEST_CASE("net allow and deny change a running sandbox at once, and the log tells what was refused") {
    const Home home("claude", network);
    Running sandbox = home.start(watch("two.example"));
    sandbox.expect("no\n");
    CHECK(home.isag({"net", "check", "two.example"}).status == 1);

    const auto allowed = home.isag({"net", "allow", "two.example"});
    CHECK_MESSAGE(allowed.out == "isag: allowed two.example until the sandbox ends\n", allowed.err);
    CHECK(comes_to_say(sandbox, "yes"));
    const auto check = home.isag({"net", "check", "two.example:22", "isag"});
    CHECK(check.out.starts_with("allow  two.example:22  "));
    CHECK(check.out.ends_with("  [isag]\n"));

    const auto shown = home.isag({"net", "show"});
    CHECK_MESSAGE(shown.out.find("  allow  two.example ") != std::string::npos, shown.err);
    CHECK(shown.out.find("198.18.") != std::string::npos);
    CHECK(home.isag({"net", "show", "--ruleset"}).out.find("table ") != std::string::npos);

    CHECK(home.isag({"net", "deny", "two.example", "is", "--for", "1h"}).status == 0);
    CHECK(comes_to_say(sandbox, "no"));
    const auto log = nlohmann::json::parse(home.isag({"net", "log", "--json"}).out);
    REQUIRE(!log.empty());
    CHECK(log.back().at("target") == "two.example");
    CHECK(log.back().at("sandbox") == "isag");
    CHECK(nlohmann::json::parse(home.isag({"ps", "--json"}).out)[0].at("blocked") > 0);
    CHECK(home.stop_all() == "");
}

TEST_CASE("a change with --for ends by itself") {
    const Home home("claude", network);
    Running sandbox = home.start(watch("two.example"));
    sandbox.expect("no\n");
    CHECK(home.isag({"net", "allow", "two.example", "--for", "2s"}).status == 0);
    CHECK(comes_to_say(sandbox, "yes"));
    CHECK(comes_to_say(sandbox, "no"));
    CHECK(home.stop_all() == "");
}

TEST_CASE("net log -f tells refusals as they happen, until the sandbox ends") {
    const Home home("claude", network);
    Running sandbox = home.start(watch("two.example"));
    sandbox.expect("no\n");
    Running log = home.start({"net", "log", "-f", "--tail", "0"});
    log.expect("  isag  refused  two.example  (dns");
    CHECK(home.isag({"stop", "-t", "0"}).status == 0);
    CHECK(log.wait() == 0);
    CHECK(log.err().find("isag: the sandbox isag has ended\n") != std::string::npos);
    CHECK(home.leftovers() == "");
}

TEST_CASE("at the end of a run stderr lists what was refused, and what it names allows it next time") {
    const Home home("claude", network);
    const auto ran = home.shell("getent hosts evil.example; getent hosts evil.example; echo done");
    CHECK(ran.out == "done\n");
    CHECK_MESSAGE(ran.err.find("isag: the network refused ") != std::string::npos, ran.err);
    CHECK(ran.err.find("  evil.example  ") != std::string::npos);
    CHECK(ran.err.find("    isag net allow evil.example --save -c " + home.config() + "\n") != std::string::npos);

    CHECK(home.isag({"run", "-d", "--", "sh", "-c", "read x; getent hosts evil.example"}).status == 0);
    auto elsewhere = home.terminal({"attach", "isag"});
    elsewhere.directory = "/";
    Pty attached(elsewhere);
    attached.type("\r");
    attached.expect("    isag net allow evil.example --save -c " + home.config() + "\r\n");
    CHECK(attached.exit_code() == 2);

    struct stat before {};
    CHECK(::stat(home.config().c_str(), &before) == 0);
    const std::string old_text = read_file(home.config()).value();
    const auto saved = home.isag({"net", "allow", "evil.example", "--save", "-c", home.config()});
    CHECK_MESSAGE(saved.out == home.config() + ": added evil.example\n", saved.err);
    CHECK(read_file(home.config()).value() == old_text + "    - evil.example\n");
    struct stat after {};
    CHECK(::stat(home.config().c_str(), &after) == 0);
    CHECK(after.st_ino == before.st_ino);
    const auto next = home.shell("getent ahostsv4 evil.example");
    CHECK(next.out.starts_with("198.18."));
    CHECK(next.err.find("refused") == std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("net allow --save reaches the running sandbox and its read-only view of the file") {
    const Home home("claude", network);
    Running sandbox =
        home.start({"run", "--", "sh", "-c",
                    "echo it-runs; while ! grep -q two.example isag.yaml; do sleep 0.05; done; echo seen; sleep 1000"});
    sandbox.expect("it-runs");
    CHECK(home.isag({"net", "allow", "two.example", "--save"}).status == 0);
    sandbox.expect("seen");
    CHECK(home.isag({"net", "deny", "two.example", "--save"}).out.find(": removed two.example\n") != std::string::npos);
    CHECK(read_file(home.config()).value().find("two.example") == std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("run --learn says loudly that it does not protect, and at the end what it learned") {
    const Home home("claude", network);
    const auto ran = home.isag({"run", "--learn", "--", "sh", "-c", "getent ahostsv4 anything.example"});
    CHECK_MESSAGE(ran.out.starts_with("198.18."), ran.err);
    CHECK(ran.err.find("THIS SANDBOX IS NOT PROTECTED") != std::string::npos);
    CHECK(ran.err.find("isag: learned: ") != std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("net commands without a sandbox: check answers from the file, the others say how to start one") {
    const Home home("claude", network);
    CHECK(home.isag({"net", "check", "one.example"}).out ==
          "allow  one.example:443  allowed by one.example  [isag.yaml (no sandbox runs)]\n");
    const auto log = home.isag({"net", "log"});
    CHECK(log.status == 1);
    CHECK(log.err.find("'isag run -c " + home.config() + "' starts one") != std::string::npos);
    CHECK(home.isag({"net", "allow", "*.github.io", "--save"}).status == 2);
}

}  // namespace isag
