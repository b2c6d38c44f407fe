// SPDX-License-Identifier: Apache-2.0
#include "common/event.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace asio = boost::asio;
namespace isag {

asio::awaitable<bool> Event::wait_until(std::chrono::steady_clock::time_point deadline) {
    std::erase_if(waiting_, [](const auto& timer) { return timer.expired(); });
    // One timer each: setting the deadline of a shared one would wake all the others.
    const auto timer = std::make_shared<asio::steady_timer>(co_await asio::this_coro::executor, deadline);
    waiting_.push_back(timer);
    boost::system::error_code cancelled;
    co_await timer->async_wait(asio::redirect_error(asio::use_awaitable, cancelled));
    co_return cancelled.failed();
}

void Event::notify() {
    for (const auto& weak : std::exchange(waiting_, {}))
        if (const auto timer = weak.lock()) timer->cancel();
}

}  // namespace isag
