// SPDX-License-Identifier: Apache-2.0
#include "client/copy/progress.hpp"
#include "client/output.hpp"
#include "client/ps_table.hpp"
#include <unistd.h>

namespace isag {
namespace {

constexpr std::chrono::milliseconds between_drawings{100};
constexpr std::chrono::milliseconds before_the_first{500};  // what is done by then needs none

}  // namespace

CopyProgress::CopyProgress(const Context& context, bool quiet, Signals* signals)
    : shows_(!quiet && can_draw_on(STDERR_FILENO, context.environment)),
      signals_(signals),
      next_(std::chrono::steady_clock::now() + before_the_first) {}

CopyProgress::~CopyProgress() {
    clear();
    if (warnings_ > most_warnings)
        print_error("isag: and " + std::to_string(warnings_ - most_warnings) + " more like these\n");
}

void CopyProgress::moved(std::size_t bytes) {
    bytes_ += bytes;
    check_signals();
    if (shows_ && std::chrono::steady_clock::now() >= next_) draw();
}

void CopyProgress::check_signals() {
    if (signals_) signals_->check();
}

void CopyProgress::draw() {
    print_error("\r\x1b[K" + short_size(static_cast<std::int64_t>(bytes_)) + " in " + std::to_string(entries_) +
                (entries_ == 1 ? " file" : " files"));
    drawn_ = true;
    next_ = std::chrono::steady_clock::now() + between_drawings;
}

void CopyProgress::clear() {
    if (drawn_) print_error("\r\x1b[K");
    drawn_ = false;
}

void CopyProgress::warn(const std::string& text) {
    if (++warnings_ > most_warnings) return;
    clear();
    print_error("isag: " + text + "\n");
}

}  // namespace isag
