// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>

namespace isag::gate {

// How many packets the rules' counter has seen, asked of the kernel directly (nf_tables over netlink): some
// microseconds, where nft(8) takes milliseconds. Nothing where it can't be had.
std::optional<std::int64_t> counter_packets(std::string_view name);

}  // namespace isag::gate
