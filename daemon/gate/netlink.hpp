// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

// Messages to the kernel's netfilter (netlink(7), linux/netfilter/nfnetlink.h), put together. Pure.
namespace isag::gate {

class NetfilterMessage {
public:
    // `type`: NFNL_SUBSYS_… << 8 | its message; `resource` as it says, host order.
    NetfilterMessage(std::uint16_t type, std::uint16_t flags, std::uint8_t family, std::uint16_t resource);

    void attribute(std::uint16_t type, std::string_view value);
    void attribute32(std::uint16_t type, std::uint32_t value);  // big-endian, as netfilter has it
    // With its length in place.
    std::string bytes() const;

private:
    std::string bytes_;
};

}  // namespace isag::gate
