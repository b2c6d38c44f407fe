// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen_feed.hpp"
#include <algorithm>
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
}

ScreenFeed::Duration ScreenFeed::show_some() {
    const auto begin = processor_time();
    const auto piece = std::string_view(waiting_).substr(shown_, piece_);
    answers_ += screen_.feed(piece);
    shown_ += piece.size();
    const Duration took = processor_time() - begin;
    cost_ += took;
    bytes_ += piece.size();
    if (took < much) {
        if (piece_ < largest_piece && std::chrono::steady_clock::now() >= small_until_) piece_ *= 2;
        return {};
    }
    // Text that the screen had put off is shown with the last piece of it: that is much, and not dear.
    const bool is_dear = took > std::exchange(bytes_, 0) * dear_byte;
    if (!is_dear) return {};
    piece_ = std::max(piece_ / 8, smallest_piece);
    small_until_ = std::chrono::steady_clock::now() + 1s;
    return took;
}

void ScreenFeed::catch_up() {
    while (behind() > 0) show_some();
}

std::string ScreenFeed::take_answers() { return std::exchange(answers_, {}); }

}  // namespace isag::terminal
