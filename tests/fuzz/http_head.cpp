// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/host_head.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// The first byte says where the rest is split: both ways must say the same. A head that goes on is read again as the
// same, for the same host.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using Reader = isag::gate::HostHeadReader;
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
    Reader whole("example.com", 80);
    Reader split("example.com", 80);
    whole.feed(bytes);
    split.feed(bytes.substr(0, cut));
    split.feed(bytes.substr(cut));
    isag::fuzz::require(whole.state() == split.state() && whole.head() == split.head() && whole.rest() == split.rest());
    if (whole.state() != Reader::State::accepted) return 0;
    Reader again("example.com", 80);
    isag::fuzz::require(again.feed(whole.head()) == Reader::State::accepted);
    isag::fuzz::require(again.head() == whole.head() && again.rest().empty() && again.body() == whole.body());
    return 0;
}
