// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace isag::gate {

// Reads big-endian fields off the front of bytes. What is not there is nothing, never a read past the end.
class Cursor {
public:
    explicit Cursor(std::string_view bytes) : rest_(bytes) {}

    std::optional<std::string_view> take(std::size_t length) {
        if (rest_.size() < length) return std::nullopt;
        const std::string_view taken = rest_.substr(0, length);
        rest_.remove_prefix(length);
        return taken;
    }
    // An integer of `width` bytes, at most 4.
    std::optional<std::uint32_t> integer(std::size_t width) {
        const auto bytes = take(width);
        if (!bytes) return std::nullopt;
        std::uint32_t value = 0;
        for (const char byte : *bytes) value = value << 8 | static_cast<unsigned char>(byte);
        return value;
    }
    // A vector as TLS has it (RFC 8446, 3.4): its length in `width` bytes, then that many.
    std::optional<std::string_view> vector(std::size_t width) {
        const auto length = integer(width);
        if (!length) return std::nullopt;
        return take(*length);
    }
    bool empty() const { return rest_.empty(); }
    std::size_t size() const { return rest_.size(); }

private:
    std::string_view rest_;
};

}  // namespace isag::gate
