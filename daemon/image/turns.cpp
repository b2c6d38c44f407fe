// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/turns.hpp"
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <utility>

namespace asio = boost::asio;
namespace isag::image {

struct Turns::Line {
    explicit Line(const asio::any_io_executor& executor) : left(executor, asio::steady_timer::time_point::max()) {}
    bool taken = false;
    asio::steady_timer left;  // cancelled when a turn ends
};

Turns::Turn::Turn(std::shared_ptr<Line> line) : line_(std::move(line)) { line_->taken = true; }

Turns::Turn::~Turn() {
    if (!line_) return;  // moved away
    line_->taken = false;
    line_->left.cancel();
}

bool Turns::busy(const std::string& key) const {
    const auto found = lines_.find(key);
    const auto line = found == lines_.end() ? nullptr : found->second.lock();
    return line && line->taken;
}

asio::awaitable<Turns::Turn> Turns::take(std::string key) {
    std::erase_if(lines_, [](const auto& item) { return item.second.expired(); });
    auto line = lines_[key].lock();
    if (!line) {
        line = std::make_shared<Line>(co_await asio::this_coro::executor);
        lines_[key] = line;
    }
    // A cancelled waiter leaves by the exception of the next co_await.
    while (line->taken) co_await line->left.async_wait(asio::as_tuple(asio::use_awaitable));
    co_return Turn(std::move(line));
}

}  // namespace isag::image
