// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/listeners.hpp"
#include "common/unique_fd.hpp"
#include "proto/session.hpp"
#include <cstddef>
#include <deque>
#include <filesystem>
#include <map>
#include <string>

namespace isag::api {

// What happened to sandboxes, images and policies, the latest of it: told to who listens, kept for the next isagd in a
// file of JSON lines, and a line each in isagd's own log.
class EventLog {
public:
    static constexpr std::size_t most = 1000;
    static constexpr std::size_t most_listeners = 64;

    // Goes on with what the file has. Where that can't be read or written, isagd's log says so, and the events are this
    // isagd's alone.
    explicit EventLog(std::filesystem::path file);

    void tell(std::string what, std::string subject, std::map<std::string, std::string> details = {});
    // The oldest first.
    const std::deque<proto::DaemonEvent>& events() const { return events_; }
    // Called for each from now on, as long as what is returned is held. Throws Error where too many listen.
    using Listeners = isag::Listeners<proto::DaemonEvent>;
    [[nodiscard]] Listeners::Listening listen(Listeners::Listener listener);

private:
    void read();
    void write(const proto::DaemonEvent& event);
    void write_anew();
    void complain(const std::string& why);

    const std::filesystem::path file_;
    UniqueFd end_;           // of the file, to write to
    std::size_t lines_ = 0;  // in it
    bool complained_ = false;
    std::deque<proto::DaemonEvent> events_;
    Listeners listeners_;
};

}  // namespace isag::api
