// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/tag.hpp"
#include "common/sha256.hpp"
#include <string_view>

namespace isag::image {
namespace {

constexpr std::size_t hash_digits = 24;

// With its length in front, so that no two lists of parts give the same bytes.
void add(std::string& bytes, std::string_view part) {
    bytes += std::to_string(part.size());
    bytes += ':';
    bytes += part;
}

}  // namespace

std::string image_tag(const std::string& name, const ImageContent& content) {
    std::string bytes;
    add(bytes, "isag image 1");
    add(bytes, content.base_id);
    add(bytes, content.dockerfile);
    return "isag/" + name + ":" + sha256_hex(bytes).substr(0, hash_digits);
}

}  // namespace isag::image
