// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/message.hpp"
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <utility>
#include <vector>

namespace isag {

// What --json prints: one document, indented. Bytes that are no UTF-8 are shown as U+FFFD.
std::string json_document(const nlohmann::json& json);

// The same as one line, of which --follow prints one for each thing that happens.
std::string json_line(const nlohmann::json& json);

// A document that is the array of those messages.
template <class T>
std::string json_array(const std::vector<T>& messages) {
    using Json = decltype(proto::to_json(std::declval<T>()));
    auto array = Json::array();
    for (const auto& message : messages) array.push_back(proto::to_json(message));
    return json_document(array);
}

}  // namespace isag
