// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/viewer.hpp"
#include "common/error.hpp"
#include "daemon/terminal/terminal.hpp"
#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>

namespace asio = boost::asio;
using asio::local::stream_protocol;
using boost::system::error_code;

namespace isag::terminal {

Viewer::Viewer(asio::any_io_executor executor, std::shared_ptr<Terminal> terminal,
               std::optional<proto::TerminalSize> size)
    : terminal_(std::move(terminal)), socket_(executor), keys_(executor), size_(std::move(size)) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) throw errno_error("cannot attach", errno);
    client_ends_.emplace_back(ends[1]);
    socket_.assign(stream_protocol(), ends[0]);
    socket_.non_blocking(true);
    if (size_) make_keys();
}

// An end of a pipe that reads and writes comes by opening it once more (proc_pid_fd(5), fifo(7)).
void Viewer::make_keys() {
    auto pipe = make_pipe();
    UniqueFd both(::open(path_of(pipe.read.get()).c_str(), O_RDWR | O_CLOEXEC));
    if (!both) throw errno_error("cannot attach", errno);
    client_ends_.push_back(std::move(both));
    keys_.assign(pipe.read.release());
}

Viewer::~Viewer() { terminal_->detached(*this); }

asio::awaitable<void> Viewer::read() {
    const auto self = shared_from_this();
    std::array<char, 4096> keys{};
    error_code ec;
    while (keys_.is_open()) {
        co_await terminal_->wait_may_type();
        const auto n =
            co_await keys_.async_read_some(asio::buffer(keys), asio::redirect_error(asio::use_awaitable, ec));
        if (ec) break;
        terminal_->type(*this, {keys.data(), n});
    }
}

asio::awaitable<void> Viewer::watch() {
    const auto self = shared_from_this();
    std::array<char, 64> nothing{};
    error_code ec;
    while (!ec) co_await socket_.async_read_some(asio::buffer(nothing), asio::redirect_error(asio::use_awaitable, ec));
    if (!ended_) close();  // what waits to be sent at the end is sent all the same
}

asio::awaitable<void> Viewer::write() {
    const auto self = shared_from_this();
    while (open_) {
        if (waiting_.empty() && !missing_) {
            if (ended_) break;
            co_await changed_.wait();
            continue;
        }
        error_code ec;
        co_await socket_.async_wait(stream_protocol::socket::wait_write, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) break;
        flush();
        terminal_->flushed();
        if (missing_ && waiting_.empty()) co_await look();
    }
    close();
}

// At the screen, as it stands. Painting a large one takes time, which the others need too.
asio::awaitable<void> Viewer::look() {
    using Clock = std::chrono::steady_clock;
    while (!fits_ && !ended_ && open_ && Clock::now() < next_look_) co_await changed_.wait_until(next_look_);
    if (size_) co_await terminal_->show_output();
    const auto begin = Clock::now();
    missing_ = false;
    if (size_) terminal_->refresh(*this);
    const auto end = Clock::now();
    next_look_ = end + std::max<Clock::duration>(between_looks, 9 * (end - begin));
}

void Viewer::set_fits(bool fits) {
    if (std::exchange(fits_, fits) && fits) return;
    missing_ = true;
    set_place(std::nullopt);
    changed_.notify();
}

void Viewer::paint(std::string_view painted, std::optional<std::int64_t> place) {
    set_place(std::nullopt);
    if (!missing_) send(painted);
    set_place(place);
}

void Viewer::set_place(std::optional<std::int64_t> place) {
    if (missing_ || !fits_) place.reset();
    if (!place && !place_.place) return;
    place_ = {shown_, place};
    if (moved_) moved_(place_);
}

void Viewer::show(std::string_view output) {
    if (missing_) return;
    if (fits_) return send(output);
    missing_ = true;
    changed_.notify();
}

void Viewer::send(std::string_view text) {
    if (!open_) return;
    waiting_ += text;
    shown_ += std::ssize(text);
    if (waiting_.size() == text.size()) flush();
    if (waiting_.size() - sent_ > most_waiting) miss();
    if (!waiting_.empty() || missing_) changed_.notify();
}

void Viewer::miss() {
    shown_ -= std::ssize(waiting_) - static_cast<std::int64_t>(sent_);
    waiting_.clear();
    sent_ = 0;
    missing_ = true;
    set_place(std::nullopt);
    changed_.notify();
}

void Viewer::flush() {
    while (sent_ < waiting_.size()) {
        const ssize_t n = ::send(socket_.native_handle(), waiting_.data() + sent_, waiting_.size() - sent_,
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN) return close();
        if (n < 0) return;
        sent_ += static_cast<std::size_t>(n);
    }
    waiting_.clear();
    sent_ = 0;
}

void Viewer::close() {
    if (!std::exchange(open_, false)) return;
    waiting_.clear();
    sent_ = 0;
    missing_ = false;
    error_code ignored;
    socket_.close(ignored);
    keys_.close(ignored);
    changed_.notify();
    terminal_->detached(*this);
}

void Viewer::resize(const proto::TerminalSize& size) {
    if (size_) size_ = size;
    if (open_) terminal_->resized(*this);
}

void Viewer::tell_turn(bool types) {
    if (turn_) turn_(types);
}

}  // namespace isag::terminal
