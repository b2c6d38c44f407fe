// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
namespace isag::test {
// Runs one coroutine to its end on a fresh io_context and rethrows what it throws.
inline void run(boost::asio::io_context& context, boost::asio::awaitable<void> body) {
    boost::asio::co_spawn(context, std::move(body), [](std::exception_ptr e) {
        if (e) std::rethrow_exception(e);
    });
    context.run();
}
}  // namespace isag::test
