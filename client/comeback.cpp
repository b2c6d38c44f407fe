// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include "client/daemon_start.hpp"
#include "common/poll_time.hpp"
#include <algorithm>
#include <poll.h>
#include <utility>

namespace isag {
namespace {

constexpr std::chrono::milliseconds shortest_pause{25};
constexpr std::chrono::milliseconds longest_pause{1000};

}  // namespace

void Comeback::run(const Context& context, const Work& work) {
    while (const auto length = attempt(context, work)) pause(*length);
}

// One that ends as it starts, or before it has answered, is followed by another.
std::optional<std::chrono::milliseconds> Comeback::attempt(const Context& context, const Work& work) {
    try {
        Connection connection = Connection::open(context);
        work(connection);
        return std::nullopt;
    } catch (const DaemonGone& gone) {
        return lost(gone);
    } catch (const DaemonNotStarted& not_started) {
        return lost(not_started);
    }
}

std::chrono::milliseconds Comeback::lost(const Error& why, Clock::time_point now) {
    if (!until_) {
        until_ = now + limit;
        pause_ = shortest_pause;
    }
    if (now >= *until_) throw Error(why);
    return std::exchange(pause_, std::min(2 * pause_, longest_pause));
}

void Comeback::pause(std::chrono::milliseconds length) {
    const auto end = Clock::now() + length;
    pollfd fd{signals_ ? signals_->fd() : -1, POLLIN, 0};
    while (Clock::now() < end) {
        ::poll(&fd, 1, milliseconds_until(end));
        if (signals_) signals_->check();
    }
}

}  // namespace isag
