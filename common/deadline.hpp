// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>

namespace isag {
namespace detail {

// operator|| waits for the first success, so an exception must not leave the operation by itself.
template <class T>
boost::asio::awaitable<void> keep_outcome(boost::asio::awaitable<T> operation, std::optional<T>& value,
                                          std::exception_ptr& error) {
    try {
        value.emplace(co_await std::move(operation));
    } catch (...) {
        error = std::current_exception();
    }
}

inline boost::asio::awaitable<void> keep_outcome(boost::asio::awaitable<void> operation, std::optional<bool>& done,
                                                 std::exception_ptr& error) {
    try {
        co_await std::move(operation);
        done = true;
    } catch (...) {
        error = std::current_exception();
    }
}

}  // namespace detail

// The operation's result or exception; an Error "<what> took longer than N ms" when the limit passes first, the
// operation then being cancelled and finished.
template <class T>
boost::asio::awaitable<T> with_deadline(boost::asio::awaitable<T> operation, std::chrono::milliseconds limit,
                                        std::string what) {
    namespace asio = boost::asio;
    using namespace asio::experimental::awaitable_operators;
    using Kept = std::conditional_t<std::is_void_v<T>, bool, T>;
    asio::steady_timer timer(co_await asio::this_coro::executor, limit);
    std::optional<Kept> value;
    std::exception_ptr error;
    auto kept = detail::keep_outcome(std::move(operation), value, error);
    auto expired = timer.async_wait(asio::use_awaitable);
    const auto first = co_await (std::move(kept) || std::move(expired));
    if (first.index() == 1) throw Error(what + " took longer than " + std::to_string(limit.count()) + " ms");
    if (error) std::rethrow_exception(error);
    if constexpr (!std::is_void_v<T>) co_return std::move(*value);
}

}  // namespace isag
