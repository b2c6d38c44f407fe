// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/first_bytes.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// What was said of a beginning stays true however it goes on.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using isag::gate::FirstBytes;
    const std::string_view bytes(reinterpret_cast<const char*>(data), size);
    for (const std::uint16_t port : {80, 443, 8080}) {
        const FirstBytes whole = isag::gate::classify(bytes, port);
        for (std::size_t cut = 0; cut < size && cut < 256; ++cut) {
            const FirstBytes part = isag::gate::classify(bytes.substr(0, cut), port);
            isag::fuzz::require(part == FirstBytes::more || part == whole);
        }
    }
    return 0;
}
