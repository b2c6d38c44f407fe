// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_output.hpp"
#include "common/error.hpp"
#include <unistd.h>
#include <utility>

namespace isag {
namespace {

constexpr int finish_limit = 200;  // milliseconds

}  // namespace

SshOutput::SshOutput(int fd, Clipboard clipboard, TerminalFilter::Asking asking) : sink_(fd) {
    if (::isatty(fd)) filtered_.emplace(clipboard, asking);
}

Questions SshOutput::add(std::string bytes) {
    if (!filtered_) {
        waiting_ = waiting_.empty() ? std::move(bytes) : waiting_ + bytes;
        return {};
    }
    waiting_ += filtered_->take(bytes);
    return filtered_->take_questions();
}

void SshOutput::say(std::string_view text) {
    if (!filtered_ || !filtered_->in_sequence()) waiting_ += text;
}

pollfd SshOutput::wanted() const { return {waiting_.empty() ? -1 : sink_.fd(), POLLOUT, 0}; }

bool SshOutput::write() { return sink_.write(waiting_); }

void SshOutput::finish() {
    if (!filtered_) return;
    waiting_ = filtered_->finish();
    try {
        for (pollfd fd{sink_.fd(), POLLOUT, 0}; !waiting_.empty();)
            if (::poll(&fd, 1, finish_limit) <= 0 || !sink_.write(waiting_)) return;
    } catch (const Error&) {
        // The terminal is gone, and its modes with it.
    }
}

}  // namespace isag
