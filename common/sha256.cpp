// SPDX-License-Identifier: Apache-2.0
#include "common/sha256.hpp"
#include <array>
#include <openssl/evp.h>

namespace isag {

std::string sha256_hex(std::string_view bytes) {
    std::array<unsigned char, 32> digest{};
    EVP_Digest(bytes.data(), bytes.size(), digest.data(), nullptr, EVP_sha256(), nullptr);
    std::string out;
    for (const unsigned char byte : digest) {
        constexpr std::string_view digits = "0123456789abcdef";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
    return out;
}

}  // namespace isag
