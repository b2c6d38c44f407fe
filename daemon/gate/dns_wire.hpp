// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <string>

// What both readers and writers of DNS messages need: the bits of the second header word (RFC 1035, 4.1.1), and
// integers as the wire has them.
namespace isag::gate::dns {

inline constexpr std::uint32_t flag_response = 0x8000;
inline constexpr std::uint32_t opcode_mask = 0x7800;
inline constexpr std::uint32_t flag_authoritative = 0x0400;
inline constexpr std::uint32_t flag_truncated = 0x0200;
inline constexpr std::uint32_t flag_recursion_desired = 0x0100;
inline constexpr std::uint32_t flag_recursion_available = 0x0080;

inline void put16(std::string& out, std::uint32_t value) {
    out += static_cast<char>(value >> 8 & 0xff);
    out += static_cast<char>(value & 0xff);
}
inline void put32(std::string& out, std::uint32_t value) {
    put16(out, value >> 16);
    put16(out, value & 0xffff);
}

}  // namespace isag::gate::dns
