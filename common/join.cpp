// SPDX-License-Identifier: Apache-2.0
#include "common/join.hpp"
#include "common/task_group.hpp"
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <sys/socket.h>
#include <utility>

namespace asio = boost::asio;
namespace isag {
namespace {

struct Joined {
    Stream one;
    Stream other;
    FlowRoom& room;
    std::int64_t bytes = 0;
    int ended = 0;  // directions

    void close_both(bool by_reset) {
        for (Stream* stream : {&one, &other}) by_reset ? close(*stream) : close_in_order(*stream);
    }
};

asio::awaitable<void> lead(Joined& joined, Stream& from, Stream& to) {
    Flow flow{from, to, joined.bytes, joined.room};
    const FlowEnd end = co_await pump(std::move(flow));
    if (end == FlowEnd::failed) co_return joined.close_both(true);
    ::shutdown(to.native_handle(), SHUT_WR);
    if (++joined.ended == 2) co_return joined.close_both(false);
    // The other direction goes on alone. That whoever has sent its end is gone altogether must still be seen.
    const bool happened = co_await is_ready(from, Stream::wait_error);
    if (!happened || (from.is_open() && connect_outcome(from.native_handle()) != 0)) joined.close_both(true);
}

asio::awaitable<void> lead_or_break(Joined& joined, Stream& from, Stream& to) {
    bool failed = false;
    try {
        co_await lead(joined, from, to);
    } catch (const std::exception&) {  // out of descriptors or memory: what failed is this connection
        failed = true;
    }
    if (failed) joined.close_both(true);
}

}  // namespace

asio::awaitable<void> join(Stream one, Stream other, FlowRoom& room) {
    Joined joined{std::move(one), std::move(other), room};
    // Of what broke nobody is to think that it was all.
    for (Stream* stream : {&joined.one, &joined.other}) reset_on_close(stream->native_handle());
    TaskGroup back(co_await asio::this_coro::executor, [](std::exception_ptr) {});
    back.spawn(lead_or_break(joined, joined.other, joined.one));
    co_await lead_or_break(joined, joined.one, joined.other);
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    co_await back.join();
}

}  // namespace isag
