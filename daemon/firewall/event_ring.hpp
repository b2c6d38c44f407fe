// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/listeners.hpp"
#include "daemon/gate/event_sums.hpp"
#include "proto/gate.hpp"
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

namespace isag::firewall {

// What the gate of one sandbox told of connections, the latest ones, and the refusals added up for the end's summary.
// A limited amount of memory, whatever the agent does (security.md S4, N8).
class EventRing {
public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_listeners = 64;

    void take(const proto::gate::Events& events);
    // What isagd itself has to tell of the gate; it is no connection, so no sum has it.
    void tell(const proto::gate::Event& event);

    // What the gate told the isagd before this one; it has what this one was told in it.
    void take_totals(const proto::gate::Totals& totals);

    // The oldest first.
    const std::deque<proto::gate::Event>& events() const { return events_; }
    // Connections and names that were refused, in all.
    std::int64_t refused() const { return refused_; }
    std::int64_t forgotten() const { return forgotten_; }
    const gate::EventSums& sums() const { return sums_; }

    // Called for each event from now on, as long as what is returned is held. Throws Error where too many listen.
    using Listeners = isag::Listeners<proto::gate::Event>;
    [[nodiscard]] Listeners::Listening listen(Listeners::Listener listener);

private:
    void take_count(const proto::gate::Totals& totals);
    void take_latest(const std::vector<proto::gate::Event>& refused);

    std::deque<proto::gate::Event> events_;
    gate::EventSums sums_;
    Listeners listeners_;
    std::int64_t refused_ = 0;
    std::int64_t last_refused_ = 0;     // as the gate that runs now counts
    std::int64_t earlier_refused_ = 0;  // by gates before it
    std::int64_t forgotten_ = 0;
};

}  // namespace isag::firewall
