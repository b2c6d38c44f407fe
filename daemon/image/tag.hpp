// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace isag::image {

// What an image is made of, and nothing else: two images with equal contents have the same tag.
struct ImageContent {
    std::string dockerfile;  // with the hash of the files beside it, as render() writes it
    std::string base_id;
};

// "isag/<name>:<24 hex digits of a hash of the content>".
std::string image_tag(const std::string& name, const ImageContent& content);

}  // namespace isag::image
