// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cstddef>
#include <functional>
#include <memory>
#include <utility>

namespace isag {

// So many coroutines at a time, the others wait, who came first goes first. Single-threaded.
class Turns {
public:
    // Held until it is destroyed.
    using Held = std::shared_ptr<void>;

    explicit Turns(std::size_t most) : state_(std::make_shared<State>(State{most, {}})) {}

    // Nothing where it is no longer wanted, which is asked before it waits and whenever it may have changed.
    boost::asio::awaitable<Held> take(std::function<bool()> is_wanted) {
        while (state_->free == 0 && is_wanted()) {
            co_await state_->changed.wait();
            const auto cancelled = co_await boost::asio::this_coro::cancellation_state;
            if (cancelled.cancelled() != boost::asio::cancellation_type::none)
                throw boost::system::system_error(boost::asio::error::operation_aborted);
        }
        if (!is_wanted()) co_return nullptr;
        --state_->free;
        co_return hold(state_);
    }
    // Something may not be wanted any more.
    void look_again() { state_->changed.notify(); }

private:
    struct State {
        std::size_t free;
        Event changed;
    };
    static Held hold(std::shared_ptr<State> state) {
        const auto give_back = [state](void*) {
            ++state->free;
            state->changed.notify();
        };
        return {state.get(), give_back};
    }
    std::shared_ptr<State> state_;
};

}  // namespace isag
