// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/event_sums.hpp"
#include "proto/gate.hpp"
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace isag::gate {

// What happened, in a form that an agent can't swell (security.md N8): alike events are added up, a limited number of
// different ones is kept, the rest is counted. Pure: the time is an argument.
class EventLog {
public:
    using Time = std::chrono::system_clock::time_point;
    static Time now() { return std::chrono::system_clock::now(); }
    static constexpr std::size_t most_pending = 256;  // different ones between two take()s
    static constexpr std::size_t most_recent = 100;   // refusals that http://isag.internal/ shows
    static constexpr std::size_t most_told = 256;     // refusals that the next isagd is told again
    static constexpr std::size_t most_told_text = std::size_t{128} << 10;

    // `target` and `why` may be an attacker's bytes: control characters are escaped here, and both cut to 256 bytes.
    void refused(Time now, std::string_view protocol, std::string_view target, std::uint16_t port, std::string_view why,
                 std::int64_t count = 1);
    void allowed(Time now, std::string_view protocol, std::string_view target, std::uint16_t port,
                 std::string_view rule);

    // Called whenever something has become pending, and nothing was before.
    void on_pending(std::function<void()> callback) { on_pending_ = std::move(callback); }
    bool pending() const { return !pending_.empty() || forgotten_ != 0; }
    // What to tell isagd, which is then no longer pending.
    proto::gate::Events take();
    // The latest refusals, the newest last.
    const std::deque<proto::gate::Event>& recent() const { return recent_; }
    // What take() has given away, added up.
    const EventSums& sums() const { return sums_; }
    // The refusals that take() gave away last, as they were, the newest last.
    const std::deque<proto::gate::Event>& told() const { return told_; }
    std::int64_t refused_in_all() const { return refused_; }

private:
    using Key = std::tuple<bool, std::string, std::string, std::int64_t, std::string>;
    void add(proto::gate::Event event);
    void keep_told(const proto::gate::Event& event);

    std::map<Key, proto::gate::Event> pending_;
    std::deque<proto::gate::Event> recent_;
    std::deque<proto::gate::Event> told_;
    std::size_t told_text_ = 0;  // bytes in it
    EventSums sums_;
    std::int64_t refused_ = 0;
    std::int64_t forgotten_ = 0;
    std::function<void()> on_pending_;
};

}  // namespace isag::gate
