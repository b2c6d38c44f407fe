// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/event_log.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <utility>

namespace isag::gate {
namespace {

constexpr std::size_t longest = 256;

std::string printable(std::string_view text) { return escape_controls(text.substr(0, longest)); }

std::int64_t milliseconds(EventLog::Time time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::size_t text_of(const proto::gate::Event& event) {
    return event.protocol.size() + event.target.size() + event.why.size();
}

bool alike(const proto::gate::Event& a, const proto::gate::Event& b) {
    return a.protocol == b.protocol && a.target == b.target && a.port == b.port && a.why == b.why;
}

}  // namespace

void EventLog::refused(Time now, std::string_view protocol, std::string_view target, std::uint16_t port,
                       std::string_view why, std::int64_t count) {
    refused_ += count;
    proto::gate::Event event{milliseconds(now), false, printable(protocol), printable(target), port,
                             printable(why),    count};
    if (!recent_.empty() && alike(recent_.back(), event)) {
        recent_.back().time = event.time;
        recent_.back().count += count;
    } else {
        recent_.push_back(event);
        if (recent_.size() > most_recent) recent_.pop_front();
    }
    add(std::move(event));
}

void EventLog::allowed(Time now, std::string_view protocol, std::string_view target, std::uint16_t port,
                       std::string_view rule) {
    add({milliseconds(now), true, printable(protocol), printable(target), port, printable(rule), 1});
}

void EventLog::add(proto::gate::Event event) {
    const bool first = !pending();
    Key key{event.allowed, event.protocol, event.target, event.port, event.why};
    if (const auto same = pending_.find(key); same != pending_.end()) {
        same->second.time = event.time;
        same->second.count += event.count;
    } else if (pending_.size() < most_pending) {
        pending_.emplace(std::move(key), std::move(event));
    } else {
        forgotten_ += event.count;
    }
    if (first && on_pending_) on_pending_();
}

proto::gate::Events EventLog::take() {
    proto::gate::Events out;
    for (auto& [key, event] : std::exchange(pending_, {})) {
        sums_.add(event);
        out.events.push_back(std::move(event));
    }
    std::sort(out.events.begin(), out.events.end(), [](const auto& a, const auto& b) { return a.time < b.time; });
    for (const auto& event : out.events)
        if (!event.allowed) keep_told(event);
    out.refused = refused_;
    out.forgotten = std::exchange(forgotten_, 0);
    return out;
}

void EventLog::keep_told(const proto::gate::Event& event) {
    told_.push_back(event);
    told_text_ += text_of(event);
    while (told_.size() > most_told || told_text_ > most_told_text) {
        told_text_ -= text_of(told_.front());
        told_.pop_front();
    }
}

}  // namespace isag::gate
