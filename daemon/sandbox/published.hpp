// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/flow.hpp"
#include "common/task_group.hpp"
#include "daemon/sandbox/host_listener.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <functional>
#include <vector>

namespace isag::sandbox {

// The ports of this host that lead into one sandbox for its whole life (isag run -p). A connection whose target refuses
// is reset, and so are all that are open when it ends.
class Published {
public:
    static constexpr std::size_t most = 4096;  // connections
    using Connect = std::function<boost::asio::awaitable<UniqueFd>(proto::Endpoint)>;

    // `connect` makes the connection into the sandbox, and throws where that refuses.
    Published(boost::asio::any_io_executor executor, Connect connect);

    // Takes connections from now on.
    void add(HostListener listener);
    // Takes none any more; those that are open go on.
    void close();
    // Resets what is open, and waits for it. Before it is destroyed.
    boost::asio::awaitable<void> end();

private:
    boost::asio::awaitable<void> accept(UniqueFd listener, proto::Endpoint to);
    boost::asio::awaitable<void> lead(UniqueFd socket, proto::Endpoint to);
    void take(UniqueFd socket, const proto::Endpoint& to);

    boost::asio::any_io_executor executor_;
    Connect connect_;
    FlowRoom room_;
    std::size_t open_ = 0;
    TaskGroup listeners_;
    TaskGroup connections_;
};

}  // namespace isag::sandbox
