// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/event_ring.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>

namespace isag::firewall {
namespace {

using proto::gate::Event;
using proto::gate::Events;

Event event(const std::string& target, std::int64_t port, std::int64_t count = 1, bool allowed = false) {
    Event out;
    out.time = 1000;
    out.allowed = allowed;
    out.protocol = "tcp";
    out.target = target;
    out.port = port;
    out.why = "no rule names " + target;
    out.count = count;
    return out;
}

Events told(std::vector<Event> events, std::int64_t refused, std::int64_t forgotten = 0) {
    return {std::move(events), refused, forgotten};
}

std::vector<std::string> targets(const std::vector<Event>& events) {
    std::vector<std::string> out;
    for (const auto& e : events) out.push_back(e.target + " " + std::to_string(e.count));
    return out;
}

}  // namespace

TEST_CASE("EventRing keeps the latest events and no more") {
    EventRing ring;
    for (int i = 0; i < 1500; ++i) ring.take(told({event("n" + std::to_string(i), 443)}, i + 1));
    CHECK(ring.events().size() == EventRing::most);
    CHECK(ring.events().front().target == "n500");
    CHECK(ring.events().back().target == "n1499");
    CHECK(ring.refused() == 1500);
}

TEST_CASE("EventRing adds up what a gate counted, and goes on where a new gate starts from 0") {
    EventRing ring;
    ring.take(told({}, 10, 3));
    ring.take(told({}, 12));
    CHECK(ring.refused() == 12);
    ring.take(told({}, 2, 1));
    ring.take(told({}, 5));
    CHECK(ring.refused() == 17);
    CHECK(ring.forgotten() == 4);
}

TEST_CASE("EventRing passes on what is told of the gate itself, and counts it nowhere") {
    EventRing ring;
    ring.take(told({event("a.com", 443)}, 1));
    std::vector<std::string> heard;
    const auto listening = ring.listen([&](const Event& e) { heard.push_back(e.target); });
    ring.tell(event(proto::gate::own_name, 0));
    CHECK(heard == std::vector<std::string>{"isag.internal"});
    CHECK(targets({ring.events().begin(), ring.events().end()}) ==
          std::vector<std::string>{"a.com 1", "isag.internal 1"});
    CHECK(targets(ring.sums().refused()) == std::vector<std::string>{"a.com 1"});
    CHECK(ring.refused() == 1);
}

TEST_CASE("EventRing sums by target and port, the most frequent first, refused and allowed apart") {
    EventRing ring;
    ring.take(
        told({event("a.com", 443, 2), event("b.com", 443, 5), event("a.com", 22), event("c.com", 443, 9, true)}, 8));
    auto later = event("a.com", 443, 4);
    later.why = "denied by a.com, set while it runs";
    ring.take(told({later}, 12));
    const auto refused = ring.sums().refused();
    CHECK(targets(refused) == std::vector<std::string>{"a.com 6", "b.com 5", "a.com 1"});
    CHECK(refused[0].why == later.why);
    CHECK(targets(ring.sums().allowed()) == std::vector<std::string>{"c.com 9"});
}

TEST_CASE("EventRing goes on from what a gate told the isagd before, which has in it what this one was told") {
    EventRing ring;
    ring.take(told({event("a.com", 443, 2), event(std::string(100'000, 'x'), 443)}, 3));
    ring.take_totals({{event("a.com", 443, 7), event("b.com", 22, 1)}, {event("c.com", 443, 9, true)}, {}, {}});
    ring.take(told({event("a.com", 443, 1)}, 9));
    CHECK(targets(ring.sums().refused()) == std::vector<std::string>{"a.com 8", "b.com 1"});
    CHECK(targets(ring.sums().allowed()) == std::vector<std::string>{"c.com 9"});
    ring.take_totals({{event(std::string(100'000, 'x'), 443)}, {}, {}, {}});
    CHECK(ring.sums().refused().front().target.size() == 512);
}

TEST_CASE("EventRing counts and lists what a gate told the isagd before, without a new event") {
    EventRing ring;
    const auto at = [](std::int64_t time, Event event) {
        event.time = time;
        return event;
    };
    ring.take_totals({{event("a.com", 443, 7), event("b.com", 22, 2)}, {}, {}, {}});  // an older gate
    CHECK(ring.refused() == 9);
    ring.take(told({at(30, event("b.com", 22)), at(31, event("c.com", 443, 1, true))}, 12));
    auto lost = at(20, event(proto::gate::own_name, 0));
    lost.protocol = "gate";
    ring.tell(lost);
    const std::vector<Event> latest{at(10, event("a.com", 443, 7)), at(30, event("b.com", 22))};
    ring.take_totals({{event("a.com", 443, 7), event("b.com", 22, 2)}, {}, latest, 12});
    CHECK(ring.refused() == 12);
    CHECK(targets({ring.events().begin(), ring.events().end()}) ==
          std::vector<std::string>{"a.com 7", "isag.internal 1", "b.com 1", "c.com 1"});
    ring.take(told({at(40, event("a.com", 443))}, 13));
    CHECK(ring.refused() == 13);
}

TEST_CASE("EventRing: a flood of different names pushes out neither frequent ones nor what was allowed") {
    EventRing ring;
    ring.take(told({event("often.com", 443, 50), event("good.com", 443, 1, true)}, 50));
    for (int i = 0; i < 5000; ++i) ring.take(told({event("junk" + std::to_string(i), 443)}, 51 + i));
    const auto refused = ring.sums().refused();
    CHECK(refused.size() == 256);
    CHECK(refused[0].target == "often.com");
    CHECK(targets(ring.sums().allowed()) == std::vector<std::string>{"good.com 1"});
}

TEST_CASE("EventRing cuts what a gate must not send") {
    EventRing ring;
    ring.take(told({event(std::string(100'000, 'x'), 443)}, 1));
    CHECK(ring.events().front().target.size() == 512);
    CHECK(ring.sums().refused().front().why.size() == 512);
}

TEST_CASE("EventRing tells its listeners, who may leave or join while they are told") {
    EventRing ring;
    std::vector<std::string> heard;
    EventRing::Listeners::Listening first, second, third;
    first = ring.listen([&](const Event& e) {
        heard.push_back("first " + e.target);
        second.reset();
        first.reset();
    });
    second = ring.listen([&](const Event& e) { heard.push_back("second " + e.target); });
    third = ring.listen([&](const Event& e) { heard.push_back("third " + e.target); });
    ring.take(told({event("a", 1), event("b", 1)}, 2));
    CHECK(heard == std::vector<std::string>{"first a", "third a", "third b"});
    third.reset();
    ring.take(told({event("c", 1)}, 3));
    CHECK(heard.size() == 3);
}

TEST_CASE("EventRing has room for a limited number of listeners") {
    EventRing ring;
    const auto one = [](const Event&) {};
    std::vector<EventRing::Listeners::Listening> all;
    for (std::size_t i = 0; i < EventRing::most_listeners; ++i) all.push_back(ring.listen(one));
    CHECK_THROWS_AS(all.push_back(ring.listen(one)), Error);
    all.pop_back();
    CHECK_NOTHROW(all.push_back(ring.listen(one)));
}

}  // namespace isag::firewall
