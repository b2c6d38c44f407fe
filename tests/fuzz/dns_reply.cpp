// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver_message.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// The first two bytes are the id that was asked with, so that the rest is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace isag::gate::dns;
    if (size < 2) return 0;
    const auto id = static_cast<std::uint16_t>(data[0] << 8 | data[1]);
    for (const auto type : {type_a, type_aaaa}) {
        const auto reply = parse_reply({reinterpret_cast<const char*>(data), size}, id, "www.example.com", type);
        if (!reply) continue;
        isag::fuzz::require(reply->addresses.size() <= 64);
        for (const auto& address : reply->addresses) (void)special_use(address);
    }
    return 0;
}
