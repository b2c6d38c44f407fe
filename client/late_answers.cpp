// SPDX-License-Identifier: Apache-2.0
#include "client/late_answers.hpp"
#include "common/poll_time.hpp"
#include <algorithm>
#include <poll.h>
#include <unistd.h>

namespace isag {
namespace {

// DA1: there is hardly a terminal that does not answer it, in its turn.
constexpr std::string_view last_question = "\x1b[c";

bool is_attributes(const ControlSequence& sequence) {
    return sequence.kind == ControlSequence::Kind::control && sequence.final == 'c' && sequence.text.starts_with('?');
}

bool is_ready(int fd, short events, LateAnswers::Time until) {
    pollfd entry{fd, events, 0};
    return ::poll(&entry, 1, milliseconds_until(until)) > 0 && (entry.revents & events) != 0;
}

}  // namespace

void LateAnswers::asked(const Questions& questions, Time now) {
    if (!questions.any) return;
    asked_at_ = now;
    open_ += questions.attributes;
}

void LateAnswers::came(std::string_view bytes) {
    for_each_sequence(scanner_, bytes, [this](const ControlSequence& sequence) {
        if (is_attributes(sequence)) open_ -= std::min<std::size_t>(open_, 1);
    });
}

void LateAnswers::drop(int in, int out) {
    const auto now = std::chrono::steady_clock::now();
    if (!expected(now)) return;
    asked_at_.reset();
    const Time until = now + waits_for;
    if (!is_ready(out, POLLOUT, until) ||
        ::write(out, last_question.data(), last_question.size()) != static_cast<ssize_t>(last_question.size()))
        return;
    ++open_;
    while (open_ > 0 && std::chrono::steady_clock::now() < until && is_ready(in, POLLIN, until)) {
        char byte = 0;
        if (::read(in, &byte, 1) != 1) return;
        came({&byte, 1});
    }
}

}  // namespace isag
