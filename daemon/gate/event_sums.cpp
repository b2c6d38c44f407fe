// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/event_sums.hpp"
#include <algorithm>
#include <tuple>
#include <utility>

namespace isag::gate {
namespace {

bool weighs_more(const proto::gate::Event& a, const proto::gate::Event& b) {
    return std::tie(a.count, a.time) > std::tie(b.count, b.time);
}

}  // namespace

void EventSums::add(const proto::gate::Event& event) {
    Sums& sums = event.allowed ? allowed_ : refused_;
    const auto [sum, added] = sums.try_emplace(std::to_string(event.port) + " " + event.target, event);
    if (added) {
        if (sums.size() > most) drop_lightest(sums, sum->first);
        return;
    }
    const auto count = sum->second.count + event.count;
    sum->second = event;
    sum->second.count = count;
}

// Room for a new entry, which may not be dropped itself.
void EventSums::drop_lightest(Sums& sums, const std::string& except) {
    auto lightest = sums.end();
    for (auto it = sums.begin(); it != sums.end(); ++it) {
        if (it->first == except) continue;
        if (lightest == sums.end() || weighs_more(lightest->second, it->second)) lightest = it;
    }
    if (lightest != sums.end()) sums.erase(lightest);
}

std::vector<proto::gate::Event> EventSums::sorted(const Sums& sums) {
    std::vector<proto::gate::Event> out;
    for (const auto& [key, event] : sums) out.push_back(event);
    std::stable_sort(out.begin(), out.end(), weighs_more);
    if (out.size() > most_shown) out.resize(most_shown);
    return out;
}

}  // namespace isag::gate
