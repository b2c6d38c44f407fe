// SPDX-License-Identifier: Apache-2.0
#include "common/flow.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <limits>
#include <string>

namespace asio = boost::asio;
namespace isag {
namespace {

constexpr int turns = 16;  // at the pipe, until it is the turn of the other connections

bool would_block() { return errno == EAGAIN || errno == EINTR; }

// Reads once into the room's buffer. Nothing: it would block.
std::optional<ssize_t> read_some(Flow& flow, std::size_t most) {
    const ssize_t n =
        ::recv(flow.from.native_handle(), flow.room.buffer.data(), std::min(most, flow.room.buffer.size()), 0);
    if (n < 0 && would_block()) return std::nullopt;
    return n;
}

// All that is in the pipe.
asio::awaitable<bool> empty_pipe(const Pipe& pipe, Flow& flow, std::size_t size) {
    while (size != 0) {
        const ssize_t n = ::splice(pipe.read.get(), nullptr, flow.to.native_handle(), nullptr, size,
                                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n > 0) {
            size -= static_cast<std::size_t>(n);
            flow.count += n;
        } else if (n < 0 && would_block()) {
            if (!co_await is_ready(flow.to, Stream::wait_write)) co_return false;
        } else {
            co_return false;
        }
    }
    co_return true;
}

// While much comes at a time and there is a pipe for it. Nothing: it became little, or it is `left` that was moved.
asio::awaitable<std::optional<FlowEnd>> splice_on(Flow& flow, std::uint64_t& left) {
    BorrowedPipe pipe(flow.room.pipes);
    if (!pipe) co_return std::nullopt;
    std::optional<FlowEnd> end;
    bool waited = true;
    for (int turn = 1; left != 0; ++turn) {
        const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(left, PipePool::pipe_size));
        const ssize_t n = ::splice(flow.from.native_handle(), nullptr, pipe->write.get(), nullptr, most,
                                   SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
        if (n == 0) end = FlowEnd::closed;
        if (n < 0 && !would_block()) end = FlowEnd::failed;
        if (end) break;
        if (n > 0) {
            const auto size = static_cast<std::size_t>(n);
            pipe.set_empty(false);
            if (!co_await empty_pipe(*pipe, flow, size)) co_return FlowEnd::failed;
            pipe.set_empty(true);
            left -= size;
            if (waited && size < FlowRoom::buffer_size / 2) break;
        }
        waited = n < 0 || turn % turns == 0;
        if (!waited) continue;
        const bool ready = co_await is_ready(flow.from, Stream::wait_read);
        if (ready) continue;
        end = FlowEnd::failed;
        break;
    }
    co_return end;
}

}  // namespace

asio::awaitable<bool> write_all(Stream& to, std::string_view bytes, std::int64_t& count) {
    while (!bytes.empty()) {
        const ssize_t n = ::send(to.native_handle(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (n > 0) {
            bytes.remove_prefix(static_cast<std::size_t>(n));
            count += n;
        } else if (n < 0 && would_block()) {
            if (!co_await is_ready(to, Stream::wait_write)) co_return false;
        } else {
            co_return false;
        }
    }
    co_return true;
}

asio::awaitable<FlowEnd> pump_exactly(Flow flow, std::uint64_t left) {
    while (left != 0) {
        if (!co_await is_ready(flow.from, Stream::wait_read)) co_return FlowEnd::failed;
        const auto got =
            read_some(flow, static_cast<std::size_t>(std::min<std::uint64_t>(left, FlowRoom::buffer_size)));
        if (!got) continue;
        if (*got == 0) co_return FlowEnd::closed;
        if (*got < 0) co_return FlowEnd::failed;
        const auto size = static_cast<std::size_t>(*got);
        const std::string_view bytes(flow.room.buffer.data(), size);
        if (flow.watch && !flow.watch(bytes)) flow.watch = nullptr;
        const ssize_t sent = ::send(flow.to.native_handle(), bytes.data(), size, MSG_NOSIGNAL);
        if (sent < 0 && !would_block()) co_return FlowEnd::failed;
        if (sent > 0) flow.count += sent;
        left -= size;
        if (sent != *got) {
            // Others use the buffer while this one waits.
            const std::string rest(bytes.substr(sent > 0 ? static_cast<std::size_t>(sent) : 0));
            if (!co_await write_all(flow.to, rest, flow.count)) co_return FlowEnd::failed;
        }
        if (size < FlowRoom::buffer_size || flow.watch) continue;
        if (const auto end = co_await splice_on(flow, left)) co_return *end;
    }
    co_return FlowEnd::closed;
}

asio::awaitable<FlowEnd> pump(Flow flow) {
    return pump_exactly(std::move(flow), std::numeric_limits<std::uint64_t>::max());
}

asio::awaitable<FlowEnd> discard(Flow flow) {
    for (;;) {
        if (!co_await is_ready(flow.from, Stream::wait_read)) co_return FlowEnd::failed;
        const auto got = read_some(flow, FlowRoom::buffer_size);
        if (got && *got == 0) co_return FlowEnd::closed;
        if (got && *got < 0) co_return FlowEnd::failed;
    }
}

}  // namespace isag
