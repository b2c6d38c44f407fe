// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/client_hello.hpp"
#include "daemon/gate/name.hpp"
#include "tests/fuzz/require.hpp"
#include <cstddef>
#include <cstdint>

namespace {

using isag::gate::ClientHelloReader;

void read(std::string_view bytes, std::size_t cut, ClientHelloReader::Turn turn) {
    ClientHelloReader whole(turn);
    ClientHelloReader split(turn);
    whole.feed(bytes);
    split.feed(bytes.substr(0, cut));
    split.feed(bytes.substr(cut));
    isag::fuzz::require(whole.state() == split.state() && whole.server_name() == split.server_name());
    if (whole.state() == ClientHelloReader::State::accepted)
        isag::fuzz::require(isag::gate::normalize_name(whole.server_name()).value() == whole.server_name());
}

}  // namespace

// The first byte says where the rest is split: both ways must say the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size < 1) return 0;
    const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
    const std::size_t cut = bytes.empty() ? 0 : data[0] % bytes.size();
    read(bytes, cut, ClientHelloReader::Turn::first);
    read(bytes, cut, ClientHelloReader::Turn::second);
    return 0;
}
