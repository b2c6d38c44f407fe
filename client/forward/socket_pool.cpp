// SPDX-License-Identifier: Apache-2.0
#include "client/forward/socket_pool.hpp"
#include "common/error.hpp"
#include "proto/descriptor_kind.hpp"
#include "proto/forward.hpp"
#include "proto/message.hpp"
#include <algorithm>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::size_t few = 16;
constexpr std::chrono::seconds pause_after_failure{1};

}  // namespace

UniqueFd SocketPool::take(const proto::Target& target) {
    const bool may_fetch = !is_fetching_ && std::chrono::steady_clock::now() >= not_before_;
    if (sockets_.size() < few && may_fetch) {
        is_fetching_ = true;
        tasks_.spawn(fetch(target));
    }
    if (sockets_.empty()) return {};
    UniqueFd out = std::move(sockets_.back());
    sockets_.pop_back();
    return out;
}

asio::awaitable<void> SocketPool::fetch(proto::Target target) {
    const proto::SocketsRequest request{std::move(target), proto::max_fds};
    bool failed = false;
    while (sockets_.size() < most && !failed) {
        try {
            auto asking = line_.ask("sockets", request);
            auto answer = co_await std::move(asking);
            failed = answer.fds.empty() || !std::all_of(answer.fds.begin(), answer.fds.end(), proto::is_tcp_stream);
            if (failed) break;
            for (auto& socket : answer.fds) {
                set_nonblocking(socket, true);
                sockets_.push_back(std::move(socket));
            }
        } catch (const std::exception&) {
            failed = true;
        }
    }
    if (failed) not_before_ = std::chrono::steady_clock::now() + pause_after_failure;
    is_fetching_ = false;
}

}  // namespace isag::forward
