// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/chunked_body.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

// The first byte says where the rest is split: both ways must say the same. What goes on is read again as the same
// body, with the same end.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using isag::fuzz::require;
    using isag::gate::ChunkedBody;
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
    ChunkedBody whole;
    ChunkedBody split;
    std::string whole_out;
    std::string split_out;
    whole.feed(bytes, whole_out);
    split.feed(bytes.substr(0, cut), split_out);
    split.feed(bytes.substr(cut), split_out);
    require(whole.state() == split.state() && whole_out == split_out);
    if (whole.state() == ChunkedBody::State::refused) return 0;
    ChunkedBody again;
    std::string again_out;
    require(again.feed(whole_out, again_out) == whole.state() && again_out == whole_out);
    return 0;
}
