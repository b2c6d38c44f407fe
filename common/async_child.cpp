// SPDX-License-Identifier: Apache-2.0
#include "common/async_child.hpp"
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace asio = boost::asio;
namespace isag {

asio::awaitable<ExitStatus> wait_for(ChildProcess& child) {
    asio::posix::stream_descriptor ended(co_await asio::this_coro::executor, child.pidfd().duplicate().release());
    co_await ended.async_wait(asio::posix::stream_descriptor::wait_read, asio::use_awaitable);
    co_return child.wait();
}

}  // namespace isag
