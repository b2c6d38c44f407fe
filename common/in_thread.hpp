// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace isag {

// What the thread and the coroutine that waits for it share; the last of them frees it.
template <class T>
class ThreadWork {
public:
    explicit ThreadWork(boost::asio::steady_timer& arrived) : arrived_(&arrived) {}

    // The thread's side; `executor` is only used while somebody waits.
    void finish(const std::function<T()>& work, const boost::asio::any_io_executor& executor,
                std::shared_ptr<ThreadWork> self) {
        std::optional<T> value;
        std::exception_ptr error;
        try {
            value.emplace(work());
        } catch (...) {
            error = std::current_exception();
        }
        const std::lock_guard lock(mutex_);
        value_ = std::move(value);
        error_ = error;
        if (arrived_) boost::asio::post(executor, [self] { self->wake(); });
    }
    // The other side: the result, where it is there. Nobody waits from now on.
    std::optional<T> take() {
        const std::lock_guard lock(mutex_);
        arrived_ = nullptr;
        if (error_) std::rethrow_exception(error_);
        return std::move(value_);
    }

private:
    void wake() {
        const std::lock_guard lock(mutex_);
        if (arrived_) arrived_->cancel();
    }

    std::mutex mutex_;
    boost::asio::steady_timer* arrived_;  // none: nobody waits any more
    std::optional<T> value_;
    std::exception_ptr error_;
};

// Does what blocks in a thread of its own, and waits for it here. Cancelled: throws at once, and the thread goes on to
// its end with nobody who listens, so `work` may hold nothing that could be gone by then.
template <class T>
boost::asio::awaitable<T> in_thread(std::function<T()> work) {
    namespace asio = boost::asio;
    const asio::any_io_executor executor = co_await asio::this_coro::executor;
    asio::steady_timer arrived(executor, asio::steady_timer::time_point::max());
    const auto shared = std::make_shared<ThreadWork<T>>(arrived);
    std::thread([shared, executor, work = std::move(work)] { shared->finish(work, executor, shared); }).detach();
    boost::system::error_code woken;
    co_await arrived.async_wait(asio::redirect_error(asio::use_awaitable, woken));
    auto value = shared->take();
    if (!value) throw boost::system::system_error(asio::error::operation_aborted);
    co_return std::move(*value);
}

}  // namespace isag
