// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/event_ring.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace isag::firewall {
namespace {

constexpr std::size_t most_text = 512;            // bytes of what a gate tells of one event
constexpr std::string_view gate_itself = "gate";  // the protocol of what isagd tells of it

void clip(proto::gate::Event& event) {
    for (auto* text : {&event.protocol, &event.target, &event.why})
        if (text->size() > most_text) text->resize(most_text);
}

}  // namespace

void EventRing::take(const proto::gate::Events& told) {
    // A gate that starts anew counts from 0 again.
    if (told.refused < last_refused_) earlier_refused_ += last_refused_;
    last_refused_ = told.refused;
    refused_ = earlier_refused_ + last_refused_;
    forgotten_ += told.forgotten;
    for (auto event : told.events) {
        clip(event);
        sums_.add(event);
        tell(event);
    }
}

void EventRing::take_totals(const proto::gate::Totals& totals) {
    sums_ = {};
    for (const auto* events : {&totals.refused, &totals.allowed})
        for (auto event : *events) {
            clip(event);
            sums_.add(event);
        }
    take_count(totals);
    if (totals.latest) take_latest(*totals.latest);
}

void EventRing::take_count(const proto::gate::Totals& totals) {
    std::int64_t known = 0;  // all that an older gate tells
    for (const auto& event : totals.refused) known += event.count;
    last_refused_ = std::max(last_refused_, totals.count.value_or(known));
    refused_ = earlier_refused_ + last_refused_;
}

// They have those in them that this isagd was told already.
void EventRing::take_latest(const std::vector<proto::gate::Event>& refused) {
    std::deque<proto::gate::Event> merged(refused.begin(), refused.end());
    for (auto& event : merged) clip(event);
    const auto is_elsewhere = [](const auto& event) { return event.allowed || event.protocol == gate_itself; };
    std::copy_if(events_.begin(), events_.end(), std::back_inserter(merged), is_elsewhere);
    std::stable_sort(merged.begin(), merged.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    while (merged.size() > most) merged.pop_front();
    events_ = std::move(merged);
}

void EventRing::tell(const proto::gate::Event& event) {
    events_.push_back(event);
    if (events_.size() > most) events_.pop_front();
    listeners_.tell(event);
}

EventRing::Listeners::Listening EventRing::listen(Listeners::Listener listener) {
    if (listeners_.count() >= most_listeners)
        throw Error("too many follow this sandbox's connections already", "end one of them: 'isag net log -f'");
    return listeners_.listen(std::move(listener));
}

}  // namespace isag::firewall
