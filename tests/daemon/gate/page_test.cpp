// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/page.hpp"
#include "tests/daemon/gate/shared_sample.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using namespace isag::gate;
using namespace isag::test;

namespace {

Shared sample() {
    Shared shared = make_shared_state();
    REQUIRE(apply(sample_configuration(), shared).has_value());
    const EventLog::Time time{std::chrono::seconds(1795000000)};
    shared.events.refused(time, "tls", "evil.example", 443, "no rule names evil.example", 3);
    shared.events.refused(time, "udp", "2001:db8::9", 443, "by name only");
    shared.events.refused(time, "dns", "\x1b[2Jx", 0, "no name");
    return shared;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST_CASE("page: it says what is allowed, what was refused, and how to allow it") {
    const Shared shared = sample();
    const auto text = page("/", shared);
    CHECK(has(text, "  example.com:443,80\n"));
    CHECK(has(text, "  *.example.org\n"));
    CHECK(has(text, "  db  (on an external network)\n"));
    CHECK(has(text, "2026-11-18T11:06:40Z  tls  evil.example:443  no rule names evil.example  (3 times)\n"));
    CHECK(has(text, "udp  [2001:db8::9]:443"));
    CHECK(has(text, "isag net allow NAME NAME_OF_SANDBOX"));
    CHECK(!has(text, "\x1b"));
    CHECK(!has(text, "203.0.113.9"));  // the host's
    CHECK(!has(text, "10.77.0.9"));
}

TEST_CASE("page: the same as JSON") {
    const Shared shared = sample();
    const auto json = nlohmann::json::parse(page("/json", shared));
    CHECK(json.at("rules").size() == 2);
    CHECK(json.at("refused").size() == 3);
    CHECK(json.at("refused")[0].at("count") == 3);
    CHECK(json.at("external")[0] == "db");
    CHECK(!has(json.dump(), "203.0.113.9"));
}

TEST_CASE("page: nothing else is there") {
    const Shared shared = sample();
    for (const auto* path : {"", "/x", "/json/", "//", "/../", "json"}) CHECK(page(path, shared).empty());
    const Shared empty = make_shared_state();
    CHECK(has(page("/", empty), "Allowed:\n  nothing\n"));
    CHECK(has(page("/", empty), "  nothing yet\n"));
}
