// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/terminal.hpp"
#include "common/log_error.hpp"
#include "daemon/terminal/terminal_size.hpp"
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <unistd.h>

namespace asio = boost::asio;
using asio::posix::stream_descriptor;
using boost::system::error_code;

namespace isag::terminal {
namespace {

constexpr std::size_t most_unseen = std::size_t{64} << 10;  // bytes of output before somebody attaches
constexpr std::size_t most_keys = 4096;                     // bytes that wait for a program which reads none
constexpr std::chrono::milliseconds most_to_show_again{100};

}  // namespace

Terminal::Terminal(asio::any_io_executor executor, const Files& files, const proto::TerminalSize& size)
    : executor_(executor), log_(files.log_folder, files.intake), screen_(size), tasks_(executor, log_unless_cancelled) {
    if (const auto restored = log_.restore())
        restore(*restored);
    else
        checkpoint(), unseen_.emplace();
}

void Terminal::restore(const OutputLog::Restored& restored) {
    screen_ = Screen(restored.size);
    screen_.feed(restored.painted);
    screen_.feed(restored.output);
}

void Terminal::checkpoint() {
    log_.checkpoint(screen_.size(), screen_.snapshot(), feed_.behind());
    feed_.forget_cost();
}

void Terminal::connect(UniqueFd master) {
    set_nonblocking(master, true);
    master_.emplace(executor_, master.release());
    apply_size(writer_ ? *writer_->size() : screen_.size());
    take_backlog();
    tasks_.spawn(read_master());
    tasks_.spawn(write_master());
    changed_.notify();
}

// What was printed before is in the log at once; the kernel keeps less than two intakes of it.
void Terminal::take_backlog() {
    for (int i = 0; i < 2 && !ended_ && !(writer_ && writer_->is_behind()); ++i)
        if (!take_output()) end();
}

asio::awaitable<void> Terminal::read_master() {
    error_code ec;
    while (!ec && !ended_) {
        co_await show_output();
        co_await wait_for_writer();
        co_await master_->async_wait(stream_descriptor::wait_read, asio::redirect_error(asio::use_awaitable, ec));
        if (ec || take_output()) continue;
        co_await show_output();
        end();
    }
}

// A terminal that shows more slowly than the program prints slows it down, as a real one does; one that shows nothing
// at all does so for a moment only.
asio::awaitable<void> Terminal::wait_for_writer() {
    while (writer_ && writer_->is_behind() && !ended_) {
        const auto deadline = std::chrono::steady_clock::now() + Viewer::patience;
        const bool moved = co_await changed_.wait_until(deadline);
        if (!moved && writer_) writer_->miss();
    }
}

// False once no process has the terminal open.
bool Terminal::take_output() {
    const auto read = log_.take(master_->native_handle(), feed_.next_intake());
    if (!read.output.empty()) spread(read.output);
    return read.is_open;
}

void Terminal::spread(std::string_view output) {
    if (unseen_ && unseen_->size() < most_unseen)
        *unseen_ += output;
    else
        unseen_.reset();
    const auto all = viewers_;  // one that fails leaves
    for (auto* const viewer : all) {
        viewer->show(output);
        if (!log_.end()) viewer->set_place(std::nullopt);
    }
    feed_.add(output);
}

// Where that takes long, it is the others' turn for as long; and the next isagd, which shows anew what comes after the
// checkpoint, is not to need long for it.
asio::awaitable<void> Terminal::show_output() {
    asio::steady_timer pause(executor_);
    for (const auto end = feed_.added(); !feed_.has_shown(end);) {
        if (std::chrono::steady_clock::now() < others_until_) {
            pause.expires_at(others_until_);
            co_await pause.async_wait(asio::use_awaitable);
            continue;
        }
        const auto took = feed_.show_some();
        others_until_ = std::chrono::steady_clock::now() + took;
        answer();
        if (has_shown_much()) checkpoint();
    }
    if (feed_.behind() == 0) resize_screen();
    if (log_.is_full()) checkpoint();
}

// In the middle of a sequence, whose beginning a checkpoint would lose, that waits for its end; within limits, since a
// program may cut where it likes.
bool Terminal::has_shown_much() const {
    return feed_.cost() > most_to_show_again && (feed_.cost() > 10 * most_to_show_again || screen_.is_whole());
}

void Terminal::catch_up() {
    feed_.catch_up();
    answer();
    resize_screen();
}

// Without a viewer it is the terminal that answers. A program that asks and never reads must not cost memory: what it
// does not take is lost to it.
void Terminal::answer() {
    const std::string answers = feed_.take_answers();
    if (viewers() != 0 || answers.empty() || keys_.size() >= most_keys) return;
    keys_ += answers;
    changed_.notify();
}

void Terminal::end() {
    ended_ = true;
    for (auto* const viewer : viewers_) {
        viewer->ended_ = true;
        viewer->changed_.notify();
    }
    changed_.notify();
}

asio::awaitable<void> Terminal::wait_ended(std::chrono::milliseconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!ended_ && co_await changed_.wait_until(deadline)) {
    }
}

void Terminal::apply_size(const proto::TerminalSize& size) {
    if (master_ && !ended_) set_terminal_size(master_->native_handle(), size);  // no SIGWINCH where it is the same
    next_size_ = size;
    if (feed_.behind() == 0) resize_screen();
}

void Terminal::resize_screen() {
    if (!next_size_) return;
    const auto before = screen_.size();
    screen_.resize(*std::exchange(next_size_, std::nullopt));
    const auto now = screen_.size();
    if (now.rows == before.rows && now.columns == before.columns) return;
    checkpoint();
    for (auto* const viewer : viewers_) fit(*viewer);
}

// What can't be passed on yet stays with the client, who gives it to the next isagd where this one is killed.
bool Terminal::may_type() const { return (master_ && keys_.size() < most_keys) || ended_; }

asio::awaitable<void> Terminal::wait_may_type() {
    while (!may_type()) co_await changed_.wait();
}

void Terminal::type(Viewer& viewer, std::string_view keys) {
    if (ended_ || !viewer.size()) return;
    if (writer_ != &viewer) give_turn(&viewer, true);
    if (keys_.empty() && master_) {
        const ssize_t n = ::write(master_->native_handle(), keys.data(), keys.size());
        if (n > 0) keys.remove_prefix(static_cast<std::size_t>(n));
    }
    if (keys.empty()) return;
    keys_ += keys;
    changed_.notify();
}

asio::awaitable<void> Terminal::write_master() {
    error_code ec;
    while (!ended_ && !ec) {
        if (keys_.empty()) {
            co_await changed_.wait();
            continue;
        }
        co_await master_->async_wait(stream_descriptor::wait_write, asio::redirect_error(asio::use_awaitable, ec));
        if (ec) co_return;
        const ssize_t n = ::write(master_->native_handle(), keys_.data(), keys_.size());
        if (n < 0 && errno != EAGAIN && errno != EINTR) co_return;
        if (n > 0) keys_.erase(0, static_cast<std::size_t>(n));
        changed_.notify();
    }
}

asio::awaitable<void> Terminal::let_go() {
    tasks_.cancel();
    co_await tasks_.join();
    if (!ended_ && screen_.is_whole()) checkpoint();
    master_.reset();
}

}  // namespace isag::terminal
