// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/server_hello.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// The first byte says where the rest is split: both ways must say the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using isag::gate::ServerHelloReader;
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
    ServerHelloReader whole;
    ServerHelloReader split;
    whole.feed(bytes);
    split.feed(bytes.substr(0, cut));
    isag::fuzz::require(split.feed(bytes.substr(cut)) == whole.state());
    return 0;
}
