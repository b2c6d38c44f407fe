// SPDX-License-Identifier: Apache-2.0
#include "client/pump.hpp"
#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isag {
namespace {

constexpr std::size_t chunk = std::size_t{1} << 20;
constexpr std::size_t copy_chunk = std::size_t{64} << 10;
constexpr int leave_limit = 200;  // milliseconds

bool is_would_block(int error) { return error == EAGAIN; }

// After POLLOUT a write of PIPE_BUF bytes does not block on a pipe; a socket is asked not to.
ssize_t write_some(int fd, std::string_view bytes) {
    const ssize_t sent = ::send(fd, bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent >= 0 || errno != ENOTSOCK) return sent;
    return ::write(fd, bytes.data(), std::min<std::size_t>(bytes.size(), PIPE_BUF));
}

// More in flight means fewer switches between writer and reader, the person's too. Where the user's limit of pages is
// reached (pipe(7)), or it is no pipe, it stays as it is.
void grow_pipe(int fd) {
    if (::fcntl(fd, F_GETPIPE_SZ) < static_cast<int>(chunk)) ::fcntl(fd, F_SETPIPE_SZ, static_cast<int>(chunk));
}

// SPLICE_F_NONBLOCK speaks of pipes: with these the call could wait all the same.
bool may_block(int fd) {
    struct stat info {};
    return ::isatty(fd) || (::fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode));
}

}  // namespace

Pump::End borrowed(int fd) { return {fd, UniqueFd()}; }
Pump::End owned(UniqueFd fd) {
    const int number = fd.get();
    return {number, std::move(fd)};
}

UniqueFd reopen_nonblocking(int fd, int access) {
    return UniqueFd(::open(path_of(fd).c_str(), access | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
}

Pump::Pump(End source, End sink)
    : source_(source.fd),
      sink_(sink.fd),
      owned_source_(std::move(source.owned)),
      owned_sink_(std::move(sink.owned)),
      splices_(!may_block(source.fd) && !may_block(sink.fd)) {
    grow_pipe(source_);
    grow_pipe(sink_);
    if (::isatty(sink_)) filtered_.emplace(Clipboard::deny, TerminalFilter::Asking::is_dropped);
}

pollfd Pump::wanted() const {
    if (done_) return {-1, 0, 0};
    if (!buffer_.empty() || source_ready_) return {sink_, POLLOUT, 0};
    return {source_, POLLIN, 0};
}

void Pump::finish() {
    if (filtered_ && !done_) leave_terminal();
    done_ = true;
    buffer_.clear();
    owned_source_.reset();
    owned_sink_.reset();
}

void Pump::advance(short revents) {
    if (done_ || revents == 0) return;
    if (!source_ready_ && buffer_.empty()) {
        if ((revents & POLLNVAL) != 0) return finish();
        source_ready_ = true;
        return;
    }
    if ((revents & POLLOUT) == 0) return finish();  // POLLERR, POLLNVAL: nobody reads the sink
    if (splices_)
        move_spliced();
    else
        move_copied();
}

void Pump::move_spliced() {
    const ssize_t n = ::splice(source_, nullptr, sink_, nullptr, chunk, SPLICE_F_NONBLOCK | SPLICE_F_MOVE);
    if (n > 0) return;
    if (n == 0) return finish();
    if (is_would_block(errno)) {
        source_ready_ = false;
    } else if (errno == EINVAL) {  // not between these two, such as a terminal or a file opened to append
        splices_ = false;
        move_copied();
    } else if (errno != EINTR) {
        finish();
    }
}

void Pump::move_copied() {
    if (buffer_.empty() && !fill()) return;
    drain();
}

void Pump::leave_terminal() {
    const std::string last = filtered_->finish();
    pollfd fd{sink_, POLLOUT, 0};
    if (!last.empty() && ::poll(&fd, 1, leave_limit) > 0) write_some(sink_, last);
}

// False where there is nothing to write now.
bool Pump::fill() {
    buffer_.resize(copy_chunk);
    const ssize_t n = ::read(source_, buffer_.data(), buffer_.size());
    const int error = errno;
    buffer_.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    source_ready_ = false;
    written_ = 0;
    if (n > 0 && filtered_) buffer_ = filtered_->take(buffer_);
    if (n > 0) return !buffer_.empty();
    if (n == 0 || (!is_would_block(error) && error != EINTR)) finish();
    return false;
}

void Pump::drain() {
    const ssize_t n = write_some(sink_, std::string_view(buffer_).substr(written_));
    if (n > 0) {
        written_ += static_cast<std::size_t>(n);
        if (written_ == buffer_.size()) buffer_.clear();
    } else if (n < 0 && !is_would_block(errno) && errno != EINTR) {
        finish();
    }
}

}  // namespace isag
