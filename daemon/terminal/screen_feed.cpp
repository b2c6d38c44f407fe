// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/screen_feed.hpp"
#include <algorithm>
#include <utility>

namespace isag::terminal {
namespace {

using namespace std::chrono_literals;
constexpr auto dear = 5ms;
constexpr auto cheap = 1ms;

}  // namespace

void ScreenFeed::add(std::string_view output) {
    if (behind() == 0) {
        waiting_.clear();
        shown_ = 0;
    }
    waiting_ += output;
}

ScreenFeed::Duration ScreenFeed::show_some() {
    const auto begin = std::chrono::steady_clock::now();
    const auto piece = std::string_view(waiting_).substr(shown_, piece_);
    answers_ += screen_.feed(piece);
    shown_ += piece.size();
    const auto took = std::chrono::steady_clock::now() - begin;
    if (took > dear) piece_ = std::max(piece_ / 4, smallest_piece);
    if (took < cheap) piece_ = std::min(piece_ * 2, largest_piece);
    cost_ += took;
    return took;
}

void ScreenFeed::catch_up() {
    while (behind() > 0) show_some();
}

std::string ScreenFeed::take_answers() { return std::exchange(answers_, {}); }

}  // namespace isag::terminal
