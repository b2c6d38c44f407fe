// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "client/context.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include <chrono>
#include <functional>
#include <optional>

namespace isag {

// For work that outlives an isagd: where one goes away, the next one is asked, and started where need be. How often
// that happens does not matter, only for how long none has served.
class Comeback {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::seconds limit{30};

    // One of the signals that comes between two attempts is thrown as Interrupted.
    explicit Comeback(Signals* signals = nullptr) : signals_(signals) {}

    using Work = std::function<void(Connection&)>;
    // work(connection), and again with the next isagd for as long as one goes away in the middle. Throws what work
    // throws, and why isagd is not there where none has served for the limit.
    void run(const Context& context, const Work& work);
    // The same once. Nothing where the work is done, else how long to wait before the next attempt.
    std::optional<std::chrono::milliseconds> attempt(const Context& context, const Work& work);

    // isagd has answered what the work asks: for the next one there is the whole time again.
    void served() { until_.reset(); }
    // isagd is not there, for that reason, which is thrown where the time is over. How long to wait before the next
    // attempt: more each time.
    std::chrono::milliseconds lost(const Error& why, Clock::time_point now = Clock::now());

private:
    void pause(std::chrono::milliseconds length);

    Signals* signals_;
    std::optional<Clock::time_point> until_;  // none: isagd serves
    std::chrono::milliseconds pause_{0};
};

}  // namespace isag
