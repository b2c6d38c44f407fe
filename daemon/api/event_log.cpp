// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/event_log.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <chrono>
#include <spdlog/spdlog.h>

namespace isag::api {

void EventLog::tell(std::string what, std::string subject, std::map<std::string, std::string> details) {
    std::string line = what + " " + subject;
    for (const auto& [key, value] : details) line += " " + key + "=" + value;
    spdlog::info("{}", escape_controls(line));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    events_.push_back({time, std::move(what), std::move(subject), std::move(details)});
    if (events_.size() > most) events_.pop_front();
    const auto listeners = listeners_;  // one may leave
    for (const auto& [number, listener] : listeners) listener(events_.back());
}

int EventLog::listen(Listener listener) {
    if (listeners_.size() >= most_listeners) throw Error("too many follow isagd's events");
    listeners_.emplace(next_, std::move(listener));
    return next_++;
}

}  // namespace isag::api
