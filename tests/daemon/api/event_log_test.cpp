// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/event_log.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

namespace isag::api {

TEST_CASE("EventLog: the next isagd knows what happened under this one, and no line that was cut off") {
    const test::TempFolder folder;
    const auto file = folder / "events.jsonl";
    {
        EventLog log(file);
        log.tell("sandbox.started", "web");
        log.tell("sandbox.ended", "web", {{"code", "3"}});
    }
    std::ofstream(file, std::ios::app) << R"({"time":1,"what":"cut)";
    EventLog next(file);
    REQUIRE(next.events().size() == 2);
    CHECK(next.events()[1].what == "sandbox.ended");
    CHECK(next.events()[1].subject == "web");
    CHECK(next.events()[1].details.at("code") == "3");
    next.tell("sandbox.started", "db");
    CHECK(EventLog(file).events().size() == 3);
}

TEST_CASE("EventLog: what is kept is bounded, in memory and on disk") {
    const test::TempFolder folder;
    const auto file = folder / "events.jsonl";
    EventLog log(file);
    for (int i = 0; i < 3500; ++i) log.tell("sandbox.started", std::to_string(i));
    CHECK(log.events().size() == EventLog::most);
    CHECK(log.events().back().subject == "3499");
    const auto text = read_file(file).value();
    CHECK(std::count(text.begin(), text.end(), '\n') < 2 * static_cast<long>(EventLog::most));
    const EventLog next(file);
    CHECK(next.events().size() == EventLog::most);
    CHECK(next.events().front().subject == "2500");
}

TEST_CASE("EventLog: where nothing can be written events are told all the same") {
    const test::TempFolder folder;
    EventLog log(folder / "missing" / "events.jsonl");
    int told = 0;
    const auto listening = log.listen([&](const proto::DaemonEvent&) { ++told; });
    log.tell("sandbox.started", "web");
    CHECK(told == 1);
    CHECK(log.events().size() == 1);
}

}  // namespace isag::api
