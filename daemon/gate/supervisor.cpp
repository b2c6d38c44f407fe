// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/supervisor.hpp"
#include "common/error.hpp"
#include "common/poll_time.hpp"
#include "daemon/gate/memory.hpp"
#include "daemon/gate/route.hpp"
#include "daemon/gate/self_test.hpp"
#include "daemon/gate/worker.hpp"
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <unistd.h>

namespace isag::gate {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds first_delay{10};
constexpr milliseconds longest_delay{500};
constexpr std::chrono::seconds lived_well{10};  // a worker that lived that long starts the delays anew

sigset_t awaited_signals() {
    sigset_t set;
    ::sigemptyset(&set);
    for (const int number : {SIGCHLD, SIGTERM, SIGINT, SIGHUP}) ::sigaddset(&set, number);
    return set;
}

UniqueFd open_signals() {
    const sigset_t set = awaited_signals();
    ::sigprocmask(SIG_BLOCK, &set, nullptr);
    UniqueFd fd(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
    if (!fd) throw errno_error("cannot watch signals", errno);
    return fd;
}

std::uint32_t random_mark() {
    std::uint32_t mark = 0;
    while (mark == 0)
        if (::getrandom(&mark, sizeof mark, 0) != sizeof mark) throw errno_error("cannot get a random number", errno);
    return mark;
}

void set_up(Handover& handover) {
    handover.mark = random_mark();
    handover.sockets = open_sockets();
    const RuleInput input{handover.mark, handover.sockets.dns_port, handover.sockets.relay_port, handover.mode,
                          static_cast<bool>(handover.sockets.dns_udp6)};
    const Nft nft;
    add_synthetic_route();
    nft.load(ruleset(input));
    self_test(nft, input);
}

[[noreturn]] void be_worker(pid_t parent, Handover handover) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) ::_exit(1);
    const sigset_t set = awaited_signals();
    ::sigprocmask(SIG_UNBLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
    try {
        run_worker(std::move(handover));
    } catch (const std::exception& error) {
        std::fprintf(stderr, "isag-gate: the worker cannot start: %s\n", error.what());
    }
    ::_exit(1);
}

}  // namespace

Supervisor::Supervisor(Mode mode, std::string socket_path) : signals_(open_signals()) {
    handover_.mode = mode;
    handover_.socket_path = std::move(socket_path);
    handover_.names = make_memory("names");
    handover_.settings = make_memory("settings");
    if (mode != Mode::open) set_up(handover_);
}

int Supervisor::run() {
    for (;;) {
        if (worker_ < 0 && Clock::now() >= next_start_) start_worker();
        pollfd watched{signals_.get(), POLLIN, 0};
        if (::poll(&watched, 1, milliseconds_until_start()) <= 0) continue;
        signalfd_siginfo signal{};
        while (::read(signals_.get(), &signal, sizeof signal) == sizeof signal)
            if (signal.ssi_signo != SIGCHLD) return end_worker();
        reap();
    }
}

int Supervisor::milliseconds_until_start() const {
    if (worker_ > 0) return -1;
    return milliseconds_until(next_start_);
}

// The worker is this program's copy rather than a new one: it is there at once, shares its memory, and needs no file.
void Supervisor::start_worker() {
    started_ = Clock::now();
    const pid_t self = ::getpid();
    worker_ = ::fork();
    if (worker_ == 0) {
        signals_.reset();
        be_worker(self, std::move(handover_));
    }
    if (worker_ < 0) next_start_ = started_ + longest_delay;
}

// Waits for it, so that its listeners are gone when this program is.
int Supervisor::end_worker() const {
    if (worker_ > 0 && ::kill(worker_, SIGKILL) == 0) ::waitpid(worker_, nullptr, 0);
    return 0;
}

void Supervisor::reap() {
    int status = 0;
    for (pid_t pid = 0; (pid = ::waitpid(-1, &status, WNOHANG)) > 0;) {
        if (pid != worker_) continue;
        worker_ = -1;
        const auto now = Clock::now();
        delay_ = now - started_ > lived_well ? milliseconds(0) : std::clamp(2 * delay_, first_delay, longest_delay);
        next_start_ = now + delay_;
    }
}

}  // namespace isag::gate
