// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen_feed.hpp"
#include <ctime>
#include <utility>

namespace isag::terminal {
namespace {

using namespace std::chrono_literals;
constexpr auto much = 2ms;
constexpr auto dear_byte = 1us;  // plain text takes a tenth of it at most

// This thread's: on a busy machine the time by the clock is that of others, too.
ScreenFeed::Duration processor_time() {
    timespec now{};
    ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return std::chrono::seconds(now.tv_sec) + std::chrono::nanoseconds(now.tv_nsec);
}

}  // namespace

void ScreenFeed::add(std::string_view output) {
    if (behind() == 0) {
        waiting_.clear();
        shown_ = 0;
    }
    waiting_ += output;
    added_ += output.size();
}

ScreenFeed::Duration ScreenFeed::show_some() {
    const auto begin = processor_time();
    const std::size_t size = dear_of_late() ? 64 : 1024;  // bytes: the dearest take 0.3 ms each
    Duration took{};
    while (behind() > 0 && took < much) {
        const auto piece = std::string_view(waiting_).substr(shown_, size);
        answers_ += screen_.feed(piece);
        shown_ += piece.size();
        bytes_ += piece.size();
        took = processor_time() - begin;
    }
    cost_ += took;
    if (took < much) return {};
    // Text that the screen had put off is shown with the last piece of it: that is much, and not dear.
    if (took <= std::exchange(bytes_, 0) * dear_byte) return {};
    dear_until_ = std::chrono::steady_clock::now() + 1s;
    return took;
}

void ScreenFeed::catch_up() {
    while (behind() > 0) show_some();
}

std::string ScreenFeed::take_answers() { return std::exchange(answers_, {}); }

}  // namespace isag::terminal
