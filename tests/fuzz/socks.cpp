// SPDX-License-Identifier: Apache-2.0
#include "client/forward/socks.hpp"
#include "tests/fuzz/require.hpp"
#include <algorithm>
#include <cstddef>
#include <cstdint>

// It never wants what lies behind the handshake, and ends with a target or a refusal, not with both.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using isag::fuzz::require;
    std::string_view bytes(reinterpret_cast<const char*>(data), size);
    isag::forward::SocksHandshake handshake;
    while (handshake.wanted() > 0 && !bytes.empty()) {
        require(!handshake.target() && !handshake.refusal());
        const std::size_t taken = std::min({handshake.wanted(), bytes.size(), std::size_t{1} + bytes.size() % 7});
        handshake.feed(bytes.substr(0, taken));
        bytes.remove_prefix(taken);
        require(handshake.take_answer().size() <= 12);
    }
    if (handshake.wanted() > 0) return 0;
    require(handshake.target().has_value() != handshake.refusal().has_value());
    if (const auto& target = handshake.target())
        require(!target->host.empty() && target->host.size() <= 255 && target->port > 0 && target->port <= 65535);
    return 0;
}
