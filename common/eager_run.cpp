// SPDX-License-Identifier: Apache-2.0
#include "common/eager_run.hpp"
#include <algorithm>
#include <chrono>
#include <thread>

namespace isag {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::microseconds patience{50};
constexpr int most_in_vain = 6;  // then each 64th sleep is tried

// True where there was something to do.
bool run_what_comes(boost::asio::io_context& context) {
    bool came = false;
    for (auto until = Clock::now() + patience; Clock::now() < until;) {
        if (context.poll() == 0) continue;
        came = true;
        until = Clock::now() + patience;
    }
    return came;
}

}  // namespace

void run_eagerly(boost::asio::io_context& context) {
    if (std::thread::hardware_concurrency() < 2) {
        context.run();
        return;
    }
    int in_vain = 0;
    int sleeps = 0;  // until the next try
    while (context.run_one() != 0) {
        context.poll();
        if (sleeps > 0) {
            --sleeps;
            continue;
        }
        in_vain = run_what_comes(context) ? 0 : std::min(in_vain + 1, most_in_vain);
        sleeps = (1 << in_vain) - 1;
    }
}

}  // namespace isag
