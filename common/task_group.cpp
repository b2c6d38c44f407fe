// SPDX-License-Identifier: Apache-2.0
#include "common/task_group.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cassert>
namespace asio = boost::asio;
namespace isag {
TaskGroup::TaskGroup(asio::any_io_executor executor, OnError on_error)
    : executor_(executor), idle_(executor, asio::steady_timer::time_point::max()), on_error_(std::move(on_error)) {}
TaskGroup::~TaskGroup() { assert(tasks_.empty() && "join() before destroying a TaskGroup"); }
void TaskGroup::spawn(asio::awaitable<void> task) {
    auto it = tasks_.emplace(tasks_.end());
    auto done = [this, it](std::exception_ptr error) {
        tasks_.erase(it);
        if (error) on_error_(error);
        if (tasks_.empty()) idle_.cancel();
    };
    asio::co_spawn(executor_, std::move(task), asio::bind_cancellation_slot(it->slot(), std::move(done)));
}
void TaskGroup::cancel() {
    for (auto it = tasks_.begin(); it != tasks_.end();) (it++)->emit(asio::cancellation_type::terminal);
}
asio::awaitable<void> TaskGroup::join() {
    while (!tasks_.empty()) co_await idle_.async_wait(asio::as_tuple(asio::use_awaitable));
}
}  // namespace isag
