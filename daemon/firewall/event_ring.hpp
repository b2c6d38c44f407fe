// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/gate.hpp"
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace isag::firewall {

// What the gate of one sandbox told of connections, the latest ones, and the refusals added up for the end's summary.
// A limited amount of memory, whatever the agent does (security.md S4, N8).
class EventRing {
public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_listeners = 64;
    using Listener = std::function<void(const proto::gate::Event&)>;

    void take(const proto::gate::Events& events);
    // What isagd itself has to tell of the gate; it is no connection, so no sum has it.
    void tell(const proto::gate::Event& event);

    // The oldest first.
    const std::deque<proto::gate::Event>& events() const { return events_; }
    // Connections and names that were refused, in all.
    std::int64_t refused() const { return refused_; }
    std::int64_t forgotten() const { return forgotten_; }
    // One entry a target and port, of the refused or of the allowed ones, the most frequent first, at most 256.
    std::vector<proto::gate::Event> summary(bool allowed) const;

    // Called for each event from now on; the number is for unlisten(). Throws Error where too many listen.
    int listen(Listener listener);
    void unlisten(int number);

private:
    void add_up(const proto::gate::Event& event);
    void drop_lightest(bool allowed, const std::string& except);
    std::vector<int> numbers() const;

    std::deque<proto::gate::Event> events_;
    std::map<std::string, proto::gate::Event> summed_;
    std::map<int, Listener> listeners_;
    std::size_t allowed_sums_ = 0;
    std::size_t refused_sums_ = 0;
    std::int64_t refused_ = 0;
    std::int64_t last_refused_ = 0;     // as the gate that runs now counts
    std::int64_t earlier_refused_ = 0;  // by gates before it
    std::int64_t forgotten_ = 0;
    int next_ = 1;
};

}  // namespace isag::firewall
