// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>
#include <vector>

namespace isag {

// Something that others wait for to happen, each with a deadline of its own. Single-threaded.
class Event {
public:
    // True once notify() was called, false where the deadline passed first.
    boost::asio::awaitable<bool> wait_until(std::chrono::steady_clock::time_point deadline);
    boost::asio::awaitable<bool> wait() { return wait_until(std::chrono::steady_clock::time_point::max()); }
    // Wakes everybody who waits now.
    void notify();

private:
    std::vector<std::weak_ptr<boost::asio::steady_timer>> waiting_;
};

}  // namespace isag
