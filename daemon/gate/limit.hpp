// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/socket.hpp"
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <memory>

namespace isag::gate {

// While it lives, waiting on the stream ends (by an exception) when the time is over. Costs a timer, where
// with_deadline() costs two coroutines: there may be one a connection.
class Limit {
public:
    Limit(Stream& stream, std::chrono::milliseconds time)
        : timer_(stream.get_executor(), time), state_(std::make_shared<State>()) {
        state_->stream = &stream;
        timer_.async_wait([state = state_](boost::system::error_code cancelled) {
            if (cancelled || state->stream == nullptr) return;
            state->passed = true;
            boost::system::error_code closed;  // by somebody else meanwhile: its waiter is told of that
            state->stream->cancel(closed);
        });
    }
    ~Limit() { state_->stream = nullptr; }
    Limit(const Limit&) = delete;
    Limit& operator=(const Limit&) = delete;
    bool passed() const { return state_->passed; }

private:
    struct State {
        Stream* stream = nullptr;
        bool passed = false;
    };
    boost::asio::steady_timer timer_;
    std::shared_ptr<State> state_;
};

}  // namespace isag::gate
