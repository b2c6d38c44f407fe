// SPDX-License-Identifier: Apache-2.0
#include "client/signals.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <sys/signalfd.h>
#include <unistd.h>

namespace isag {
namespace {

bool is_ignored(int number) {
    struct sigaction action {};
    return ::sigaction(number, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

}  // namespace

Signals::Signals(std::initializer_list<int> numbers) {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : numbers)
        if (!is_ignored(number)) ::sigaddset(&set, number);
    fd_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd_) throw errno_error("cannot watch signals", errno);
    ::sigprocmask(SIG_BLOCK, &set, &before_);
}

Signals::~Signals() {
    while (take()) {
    }
    ::sigprocmask(SIG_SETMASK, &before_, nullptr);
}

std::optional<int> Signals::take() {
    signalfd_siginfo info{};
    if (::read(fd_.get(), &info, sizeof info) != static_cast<ssize_t>(sizeof info)) return std::nullopt;
    return static_cast<int>(info.ssi_signo);
}

void Signals::check() {
    if (const auto number = take()) throw Interrupted{*number};
}

}  // namespace isag
