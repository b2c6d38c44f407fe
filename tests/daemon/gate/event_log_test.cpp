// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/event_log.hpp"
#include <doctest/doctest.h>

using isag::gate::EventLog;

namespace {

constexpr EventLog::Time at(int milliseconds) { return EventLog::Time(std::chrono::milliseconds(milliseconds)); }

}  // namespace

TEST_CASE("alike events are added up, and told once") {
    EventLog log;
    log.refused(at(1), "dns", "evil.example", 0, "no rule names it");
    log.refused(at(5), "dns", "evil.example", 0, "no rule names it");
    log.refused(at(3), "tcp", "192.168.0.1", 22, "not an allowed name", 4);
    log.allowed(at(4), "tls", "good.example", 443, "good.example");
    CHECK(log.pending());
    const auto told = log.take();
    REQUIRE(told.events.size() == 3);
    CHECK(told.events[0].target == "192.168.0.1");
    CHECK(told.events[0].count == 4);
    CHECK(told.events[1].allowed);
    CHECK(told.events[2].count == 2);
    CHECK(told.events[2].time == 5);
    CHECK(told.refused == 6);
    CHECK_FALSE(log.pending());
    CHECK(log.take().events.empty());
    CHECK(log.recent().size() == 2);
}

TEST_CASE("ten thousand different refusals keep no more than is allowed, and are all counted") {
    EventLog log;
    for (int i = 0; i < 10000; ++i) log.refused(at(i), "dns", "n" + std::to_string(i) + ".example", 0, "no rule");
    CHECK(log.recent().size() == EventLog::most_recent);
    CHECK(log.recent().back().target == "n9999.example");
    const auto told = log.take();
    CHECK(told.events.size() == EventLog::most_pending);
    CHECK(told.forgotten == 10000 - static_cast<int>(EventLog::most_pending));
    CHECK(told.refused == 10000);
    CHECK(log.take().forgotten == 0);
}

TEST_CASE("what was given away is added up by target and port, and nothing else") {
    EventLog log;
    log.refused(at(1), "dns", "a.example", 443, "no rule names it", 3);
    log.allowed(at(2), "tls", "good.example", 443, "good.example");
    CHECK(log.sums().refused().empty());
    log.take();
    log.refused(at(3), "tls", "a.example", 443, "denied", 2);
    log.take();
    log.refused(at(4), "dns", "later.example", 0, "no rule names it");
    REQUIRE(log.sums().refused().size() == 1);
    CHECK(log.sums().refused()[0].count == 5);
    CHECK(log.sums().refused()[0].why == "denied");
    REQUIRE(log.sums().allowed().size() == 1);
    CHECK(log.sums().allowed()[0].target == "good.example");
}

TEST_CASE("an attacker's bytes come out printable and short") {
    EventLog log;
    log.refused(at(1), "dns", "\x1b]0;evil\a\n" + std::string(2000, 'x'), 0, "bad\rname");
    const auto told = log.take();
    CHECK(told.events[0].target.find('\x1b') == std::string::npos);
    CHECK(told.events[0].target.find('\n') == std::string::npos);
    CHECK(told.events[0].target.size() < 400);
    CHECK(told.events[0].why.find('\r') == std::string::npos);
}

TEST_CASE("the latest refusals are kept as they were given away, and no more than is allowed") {
    EventLog log;
    log.refused(at(1), "dns", "a.example", 443, "no rule names it", 3);
    log.allowed(at(2), "tls", "good.example", 443, "good.example");
    CHECK(log.told().empty());
    const auto told = log.take();
    REQUIRE(log.told().size() == 1);
    CHECK(log.told()[0].count == 3);
    CHECK(log.told()[0].time == told.events[0].time);
    for (int i = 0; i < 1000; ++i) {
        log.refused(at(10 + i), "dns", "n" + std::to_string(i) + ".example", 0, "no rule");
        log.take();
    }
    CHECK(log.told().size() == EventLog::most_told);
    CHECK(log.told().back().target == "n999.example");
    for (int i = 0; i < 1000; ++i) {
        log.refused(at(i), "http", std::to_string(i) + std::string(256, '\x01'), 80, "no rule");
        log.take();
    }
    CHECK(log.told().size() < EventLog::most_told);
}
