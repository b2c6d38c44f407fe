// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <memory>

namespace isag {

// One coroutine at a time, the others wait. Single-threaded.
class Lock {
public:
    // Held until it is destroyed.
    using Held = std::shared_ptr<void>;

    boost::asio::awaitable<Held> take() {
        while (state_->taken) {
            co_await state_->freed.wait();
            const auto cancelled = co_await boost::asio::this_coro::cancellation_state;
            if (cancelled.cancelled() != boost::asio::cancellation_type::none)
                throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
        state_->taken = true;
        co_return hold(state_);
    }

private:
    struct State {
        bool taken = false;
        Event freed;
    };
    static Held hold(std::shared_ptr<State> state) {
        const auto free = [state](void*) {
            state->taken = false;
            state->freed.notify();
        };
        return {state.get(), free};
    }
    std::shared_ptr<State> state_ = std::make_shared<State>();
};

}  // namespace isag
