// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/pipe_pool.hpp"
#include "common/stream.hpp"
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

namespace isag {

// What all pumps share; one thread.
struct FlowRoom {
    static constexpr std::size_t buffer_size = 16 << 10;
    std::vector<char> buffer = std::vector<char>(buffer_size);
    PipePool pipes;
};

// One direction of a connection. Little is copied, much is spliced (splice(2)); nothing is read that can't be written.
struct Flow {
    Stream& from;
    Stream& to;
    std::int64_t& count;  // of bytes written
    FlowRoom& room;
    // Sees bytes before they are written, as long as it returns true; meanwhile nothing is spliced.
    std::function<bool(std::string_view)> watch = {};
};

enum class FlowEnd { closed, failed };  // by the sender in good order; otherwise, cancelled too

// Until the sender's end, which is not yet passed on.
boost::asio::awaitable<FlowEnd> pump(Flow flow);

// The same for exactly that many bytes (closed once they are through).
boost::asio::awaitable<FlowEnd> pump_exactly(Flow flow, std::uint64_t bytes);

// False where the other end fails.
boost::asio::awaitable<bool> write_all(Stream& to, std::string_view bytes, std::int64_t& count);

// Reads and forgets until the sender's end.
boost::asio::awaitable<FlowEnd> discard(Flow flow);

}  // namespace isag
