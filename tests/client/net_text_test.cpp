// SPDX-License-Identifier: Apache-2.0
#include "client/clock_text.hpp"
#include "client/columns.hpp"
#include "client/duration.hpp"
#include "client/net_event.hpp"
#include "client/net_show_text.hpp"
#include "client/net_summary.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

namespace isag {
namespace {

proto::gate::Event refusal(const std::string& target, std::int64_t port, const std::string& protocol,
                           std::int64_t count = 1) {
    proto::gate::Event event;
    event.time = 1767225600123;
    event.protocol = protocol;
    event.target = target;
    event.port = port;
    event.why = "no rule names " + target;
    event.count = count;
    return event;
}

std::size_t lines_in(const std::string& text) {
    return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

}  // namespace

TEST_CASE("duration_argument takes seconds, units, and units in falling order") {
    const auto of = [](const char* text) { return duration_argument(text, "--for"); };
    CHECK(of("90") == 90);
    CHECK(of("90s") == 90);
    CHECK(of("10m") == 600);
    CHECK(of("2h") == 7200);
    CHECK(of("1h30m") == 5400);
    CHECK(of("1d1h1m1s") == 90061);
    for (const char* bad : {"", "0", "0s", "m", "-5m", "1.5h", "5x", "1m2h", "1m1m", "10m5", " 5m", "366d",
                            "99999999999999999999s", "5m "})
        CHECK_THROWS_AS(of(bad), Error);
}

TEST_CASE("columns aligns what is of different width and leaves no blanks at the lines' ends") {
    CHECK(columns({{"A", "BB"}, {"ö1", "c"}}, " ") == " A   BB\n ö1  c\n");
    CHECK(columns({}).empty());
}

TEST_CASE("utc_time is RFC 3339") {
    CHECK(utc_time(1767225600123) == "2026-01-01T00:00:00.123Z");
    CHECK(utc_time(0) == "1970-01-01T00:00:00.000Z");
    CHECK(utc_time(-1) == "?");
}

TEST_CASE("event_line: one line whatever the names hold") {
    auto event = refusal("evil.com\x1b[2J\n", 443, "tls", 3);
    const auto line = event_line("web\n", event);
    CHECK(lines_in(line) == 1);
    CHECK(line.find('\x1b') == std::string::npos);
    CHECK(line.find("  refused  evil.com\\x1b[2J\\n:443  (tls, 3 times)  ") != std::string::npos);
    event.allowed = true;
    event.count = 1;
    event.why = "*.com";
    CHECK(event_line("web", event).ends_with("  (tls)  by *.com\n"));
    CHECK(place_of(refusal("2001:db8::1", 443, "tcp")) == "[2001:db8::1]:443");
    CHECK(place_of(refusal("a.com", 0, "dns")) == "a.com");
}

TEST_CASE("event_json has the time as RFC 3339 and the sandbox") {
    const auto json = event_json("web", refusal("a.com", 443, "tls"));
    CHECK(json.at("time") == "2026-01-01T00:00:00.123Z");
    CHECK(json.at("sandbox") == "web");
    CHECK(json.at("port") == 443);
    CHECK(json.at("allowed") == false);
}

TEST_CASE("net_summary_text: what was refused, and the command where one helps") {
    proto::net::Summary summary;
    CHECK(net_summary_text(summary, "/a/isag.yaml").empty());
    summary.refused = 14;
    summary.refusals = {refusal("evil.com", 0, "dns", 9), refusal("git.com", 22, "tcp", 3),
                        refusal("203.0.113.7", 22, "tcp"), refusal("a.com", 443, "tls")};
    summary.remedies = {"evil.com", "git.com:22"};
    const auto text = net_summary_text(summary, "/a b/isag.yaml");
    CHECK(text ==
          "isag: the network refused 14 attempts:\n"
          "  9x  evil.com        no rule names evil.com\n"
          "  3x  git.com:22      no rule names git.com\n"
          "  1x  203.0.113.7:22  no rule names 203.0.113.7\n"
          "  1x  a.com:443       no rule names a.com\n"
          "  allowed from the next run on by:\n"
          "    isag net allow evil.com --save -c '/a b/isag.yaml'\n"
          "    isag net allow git.com:22 --save -c '/a b/isag.yaml'\n");
}

TEST_CASE("net_summary_text stays short and harmless, however much was refused") {
    proto::net::Summary summary;
    summary.refused = 5000;
    for (int i = 0; i < 50; ++i) summary.refusals.push_back(refusal("n" + std::to_string(i) + ".com", 0, "dns"));
    summary.remedies.assign(50, "*.x.com");
    summary.refusals[2].why = std::string(1000, 'x') + "\x1b";
    const auto text = net_summary_text(summary, "/a/isag.yaml");
    CHECK(lines_in(text) <= 13);
    CHECK(text.find("allow '*.x.com' --save") != std::string::npos);
    CHECK(text.find("  and 44 other places\n") != std::string::npos);
    CHECK(text.size() < 1500);
}

TEST_CASE("net_summary_text of a run that learned: a list to paste, or what became of the file") {
    proto::net::Summary summary;
    summary.learn = true;
    CHECK(net_summary_text(summary, "/a.yaml") ==
          "isag: learned: nothing was used that /a.yaml does not allow already\n");
    summary.learned = {"a.com", "b.com:22"};
    CHECK(net_summary_text(summary, "/a.yaml") ==
          "isag: learned: 2 that /a.yaml does not allow yet:\n  domains:\n    - a.com\n    - b.com:22\n"
          "  (isag run --learn --save writes them)\n");
    summary.saved = proto::net::Saved{"/a.yaml", true, {}, {}};
    CHECK(net_summary_text(summary, "/a.yaml") ==
          "isag: learned: 2 added to /a.yaml:\n  domains:\n    - a.com\n    - b.com:22\n");
    summary.saved = proto::net::Saved{"/a.yaml", false, "it is no regular file", "try again"};
    CHECK(net_summary_text(summary, "/a.yaml").ends_with("isag: not written: it is no regular file\n  try again\n"));
}

TEST_CASE("net_show_text: rules in their order, names, resolvers, siblings, counters") {
    proto::net::Shown shown;
    shown.sandbox = "web";
    shown.state.limited = true;
    shown.state.rules = {{false, true, {"x.com", {}, false}, 540},
                         {true, true, {"*.y.com", {443, 22}, false}, {}},
                         {true, false, {"lan.example", {}, true}, {}}};
    shown.state.names = {{"www.y.com", "198.18.0.2", 3}};
    shown.state.resolvers = {{"1.1.1.1", 53}, {"10.0.0.1", 5353}};
    shown.state.siblings = {{"db", {"172.18.0.5", "172.19.0.5"}}};
    shown.state.refused = 12;
    shown.state.bytes_sent = 2048;
    CHECK(net_show_text(shown) ==
          "web: only what the rules allow is let through\n"
          "\nRULES, the first that fits decides\n"
          "  deny   x.com           set while it runs, 9m left\n"
          "  allow  *.y.com:443,22  set while it runs, until it ends\n"
          "  allow  lan.example     isag.yaml, private addresses too\n"
          "\nNAMES, with the addresses that stand for them inside\n"
          "  www.y.com  198.18.0.2  3 open\n"
          "\nRESOLVERS\n"
          "  1.1.1.1\n"
          "  10.0.0.1, port 5353\n"
          "\nSIBLINGS on external networks\n"
          "  db  172.18.0.5, 172.19.0.5\n"
          "\n12 refused, 2.0KiB sent, 0B received\n");
    shown.lost = true;
    CHECK(net_show_text(shown) == "web: its gate is gone: nothing is let through; start it anew\n");
    proto::net::Shown learning;
    learning.state.learn = true;
    CHECK(net_show_text(learning).find("NOT PROTECTED") != std::string::npos);
}

TEST_CASE("shell_word quotes what a shell would take apart") {
    CHECK(shell_word("example.com:443,22") == "example.com:443,22");
    CHECK(shell_word("*.example.com") == "'*.example.com'");
    CHECK(shell_word("a'b") == "'a'\\''b'");
    CHECK(shell_word("") == "''");
}

}  // namespace isag
