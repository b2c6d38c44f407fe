// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver_message.hpp"

namespace isag::gate::dns {
namespace {

struct Range {
    std::array<std::uint8_t, 16> prefix;
    int bits;
    std::string_view name;
};

// IANA's special-purpose registries (RFC 6890), as far as something of the person's or the machine's may be there. The
// documentation ranges are not: nothing is, and test networks are made of them.
constexpr Range ranges_v4[] = {
    {{0}, 8, "this network"},
    {{10}, 8, "private (RFC 1918)"},
    {{100, 64}, 10, "carrier-grade NAT (RFC 6598)"},
    {{127}, 8, "loopback"},
    {{169, 254}, 16, "link-local, cloud metadata"},
    {{172, 16}, 12, "private (RFC 1918)"},
    {{192, 0, 0}, 24, "protocol assignments"},
    {{192, 88, 99}, 24, "6to4 relay"},
    {{192, 168}, 16, "private (RFC 1918)"},
    {{198, 18}, 15, "benchmarking, isag's own"},
    {{224}, 4, "multicast"},
    {{240}, 4, "reserved"},
};

constexpr Range ranges_v6[] = {
    {{}, 96, "unspecified, loopback or IPv4-compatible"},
    {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff}, 96, "IPv4-mapped"},
    {{0x00, 0x64, 0xff, 0x9b}, 96, "NAT64"},
    {{0x00, 0x64, 0xff, 0x9b, 0x00, 0x01}, 48, "local NAT64"},
    {{0x01, 0x00}, 64, "discard"},
    {{0x20, 0x01, 0x00, 0x00}, 23, "protocol assignments, Teredo"},
    {{0x20, 0x02}, 16, "6to4"},
    {{0x5f, 0x00}, 16, "segment routing"},
    {{0xfc}, 7, "unique local (RFC 4193)"},
    {{0xfe, 0x80}, 10, "link-local"},
    {{0xfe, 0xc0}, 10, "site-local"},
    {{0xff}, 8, "multicast"},
};

bool is_in(const Address& address, const Range& range) {
    for (int bit = 0; bit < range.bits; bit += 8) {
        const int here = range.bits - bit < 8 ? range.bits - bit : 8;
        const int mask = 0xff << (8 - here) & 0xff;
        const auto index = static_cast<std::size_t>(bit / 8);
        if ((address.bytes[index] & mask) != (range.prefix[index] & mask)) return false;
    }
    return true;
}

template <std::size_t N>
std::optional<std::string_view> find_range(const Address& address, const Range (&ranges)[N]) {
    for (const auto& range : ranges)
        if (is_in(address, range)) return range.name;
    return std::nullopt;
}

}  // namespace

std::optional<std::string_view> special_use(const Address& address) {
    return address.v6 ? find_range(address, ranges_v6) : find_range(address, ranges_v4);
}

}  // namespace isag::gate::dns
