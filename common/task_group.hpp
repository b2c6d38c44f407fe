// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <list>
namespace isag {
// Child coroutines with one owner: spawn them, cancel them, wait for the last.
// Single-threaded: every call is made on the executor's thread.
class TaskGroup {
public:
    using OnError = std::function<void(std::exception_ptr)>;
    TaskGroup(boost::asio::any_io_executor executor, OnError on_error);
    TaskGroup(const TaskGroup&) = delete;
    TaskGroup& operator=(const TaskGroup&) = delete;
    ~TaskGroup();
    void spawn(boost::asio::awaitable<void> task);
    void cancel();
    boost::asio::awaitable<void> join();

private:
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer idle_;
    std::list<boost::asio::cancellation_signal> tasks_;
    OnError on_error_;
};
}  // namespace isag
