// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/session.hpp"
#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <string>

namespace isag::api {

// What happened to sandboxes, images and policies, the latest of it: told to who listens, and a line each in the log.
class EventLog {
public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_listeners = 64;
    using Listener = std::function<void(const proto::DaemonEvent&)>;

    void tell(std::string what, std::string subject, std::map<std::string, std::string> details = {});
    // The oldest first.
    const std::deque<proto::DaemonEvent>& events() const { return events_; }
    // Called for each from now on; the number is for unlisten(). Throws Error where too many listen.
    int listen(Listener listener);
    void unlisten(int number) { listeners_.erase(number); }

private:
    std::deque<proto::DaemonEvent> events_;
    std::map<int, Listener> listeners_;
    int next_ = 1;
};

}  // namespace isag::api
