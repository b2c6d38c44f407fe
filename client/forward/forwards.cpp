// SPDX-License-Identifier: Apache-2.0
#include "client/forward/forwards.hpp"
#include "client/forward/forwarder.hpp"
#include "client/forward/host_listener.hpp"
#include "client/forward/limits.hpp"
#include "client/output.hpp"
#include "common/eager_run.hpp"
#include "common/error.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <poll.h>
#include <sys/eventfd.h>
#include <thread>
#include <unistd.h>

namespace asio = boost::asio;
namespace isag {
namespace {

// Signals are the business of the other threads.
std::thread start_without_signals(std::function<void()> work) {
    sigset_t all, before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread(std::move(work));
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

// Beside a shell, which goes on, and may have the terminal in raw mode.
void complain(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        const std::string end = ::isatty(STDERR_FILENO) ? "\r\n" : "\n";
        print_error(end + "isag: nothing is forwarded any more: " + escape_lines(e.what()) + end);
    }
}

}  // namespace

struct Forwards::Inside {
    std::vector<forward::HostListener> listeners;
    asio::io_context io{1};
    std::unique_ptr<forward::Forwarder> forwarder;
    UniqueFd told;  // eventfd(2): one of these has changed
    std::mutex mutex;
    bool is_ready = false;
    bool is_over = false;
    bool is_waited_for = true;  // else a failure is told at once
    std::exception_ptr failure;
    std::thread thread;

    void tell(bool over, std::exception_ptr error) {
        const std::lock_guard lock(mutex);
        (over ? is_over : is_ready) = true;
        failure = error;
        if (error && !is_waited_for) complain(error);
        const std::uint64_t one = 1;
        [[maybe_unused]] const ssize_t n = ::write(told.get(), &one, sizeof one);
    }
    bool take_news() {
        std::uint64_t count = 0;
        [[maybe_unused]] const ssize_t n = ::read(told.get(), &count, sizeof count);
        const std::lock_guard lock(mutex);
        if (failure) std::rethrow_exception(failure);
        return is_over;
    }
    void set_waited_for(bool on) {
        const std::lock_guard lock(mutex);
        is_waited_for = on;
    }
    std::vector<forward::OpenForward> listen(const std::vector<proto::Forward>& forwards);
    std::optional<int> wait_for_news(Signals* signals) const;
    void run();
    void end();
};

std::vector<forward::OpenForward> Forwards::Inside::listen(const std::vector<proto::Forward>& forwards) {
    std::vector<forward::OpenForward> out;
    for (const auto& what : forwards) {
        forward::OpenForward& open = out.emplace_back(forward::OpenForward{what});
        open.is_any_port = what.listen.path.empty() && what.listen.port == 0;
        if (what.kind == "remote") continue;
        forward::HostListener listener(what.listen, what.kind == "local" ? "-L" : "-D");
        open.sockets = listener.take_sockets();
        open.what.listen.port = listener.port();
        listeners.push_back(std::move(listener));
    }
    return out;
}

// A signal; nothing where there is news.
std::optional<int> Forwards::Inside::wait_for_news(Signals* signals) const {
    for (;;) {
        pollfd fds[2] = {{told.get(), POLLIN, 0}, {signals ? signals->fd() : -1, POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0 && errno != EINTR) throw errno_error("cannot wait for the forwards", errno);
        if (fds[1].revents != 0)
            if (const auto number = signals->take()) return number;
        if (fds[0].revents != 0) return std::nullopt;
    }
}

void Forwards::Inside::run() {
    asio::co_spawn(io, forwarder->run(), [this](std::exception_ptr error) { tell(true, error); });
    run_eagerly(io);
}

void Forwards::Inside::end() {
    if (!thread.joinable()) return;
    asio::post(io, [this] { forwarder->end(); });
    thread.join();
}

Forwards::Forwards(const Context& context, const proto::Target& target, const std::vector<proto::Forward>& forwards,
                   Signals* signals)
    : inside_(std::make_unique<Inside>()) {
    Inside& inside = *inside_;
    inside.told.reset(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!inside.told) throw errno_error("cannot make an eventfd", errno);
    forward::Forwarder::Options options{context, target, inside.listen(forwards), forward::descriptors_for_forwards(),
                                        [&inside] { inside.tell(false, nullptr); }};
    inside.forwarder = std::make_unique<forward::Forwarder>(inside.io.get_executor(), std::move(options));
    inside.thread = start_without_signals([&inside] { inside.run(); });
    try {
        if (const auto number = inside.wait_for_news(signals)) throw Interrupted{*number};
        inside.take_news();
        inside.set_waited_for(false);
    } catch (...) {
        inside.end();
        throw;
    }
}

Forwards::~Forwards() { inside_->end(); }

const std::string& Forwards::sandbox() const { return inside_->forwarder->sandbox(); }

std::optional<int> Forwards::wait(Signals& signals) {
    inside_->set_waited_for(true);
    while (!inside_->take_news())
        if (const auto number = inside_->wait_for_news(&signals)) return number;
    return std::nullopt;
}

}  // namespace isag
