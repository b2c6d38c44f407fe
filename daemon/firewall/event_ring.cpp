// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/event_ring.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <utility>

namespace isag::firewall {
namespace {

constexpr std::size_t most_text = 512;    // bytes of what a gate tells of one event
constexpr std::size_t most_shown = 256;   // entries of a summary
constexpr std::size_t most_summed = 512;  // kept for it, of the refused and of the allowed ones each

std::string key_of(const proto::gate::Event& event) {
    return (event.allowed ? "+" : "-") + std::to_string(event.port) + " " + event.target;
}

void clip(proto::gate::Event& event) {
    for (auto* text : {&event.protocol, &event.target, &event.why})
        if (text->size() > most_text) text->resize(most_text);
}

// More frequent, or as frequent and newer.
bool weighs_more(const proto::gate::Event& a, const proto::gate::Event& b) {
    return std::tie(a.count, a.time) > std::tie(b.count, b.time);
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
        add_up(event);
        tell(event);
    }
}

void EventRing::tell(const proto::gate::Event& event) {
    events_.push_back(event);
    if (events_.size() > most) events_.pop_front();
    for (const int number : numbers()) {  // one that is called may end another
        const auto listener = listeners_.find(number);
        if (listener == listeners_.end()) continue;
        const auto call = listener->second;
        call(event);
    }
}

void EventRing::add_up(const proto::gate::Event& event) {
    const auto [sum, added] = summed_.try_emplace(key_of(event), event);
    if (!added) {
        const auto count = sum->second.count + event.count;
        sum->second = event;
        sum->second.count = count;
        return;
    }
    if (++(event.allowed ? allowed_sums_ : refused_sums_) <= most_summed) return;
    drop_lightest(event.allowed, sum->first);
}

// Room for a new entry: a flood of different ones takes each other's place, what is frequent stays.
void EventRing::drop_lightest(bool allowed, const std::string& except) {
    auto lightest = summed_.end();
    for (auto it = summed_.begin(); it != summed_.end(); ++it) {
        if (it->second.allowed != allowed || it->first == except) continue;
        if (lightest == summed_.end() || weighs_more(lightest->second, it->second)) lightest = it;
    }
    if (lightest == summed_.end()) return;
    summed_.erase(lightest);
    --(allowed ? allowed_sums_ : refused_sums_);
}

std::vector<proto::gate::Event> EventRing::summary(bool allowed) const {
    std::vector<proto::gate::Event> out;
    for (const auto& [key, event] : summed_)
        if (event.allowed == allowed) out.push_back(event);
    std::stable_sort(out.begin(), out.end(), weighs_more);
    if (out.size() > most_shown) out.resize(most_shown);
    return out;
}

int EventRing::listen(Listener listener) {
    if (listeners_.size() >= most_listeners)
        throw Error("too many follow this sandbox's connections already", "end one of them");
    listeners_[next_] = std::move(listener);
    return next_++;
}

void EventRing::unlisten(int number) { listeners_.erase(number); }

std::vector<int> EventRing::numbers() const {
    std::vector<int> out;
    for (const auto& [number, listener] : listeners_) out.push_back(number);
    return out;
}

}  // namespace isag::firewall
