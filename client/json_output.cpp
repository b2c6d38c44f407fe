// SPDX-License-Identifier: Apache-2.0
#include "client/json_output.hpp"
#include <nlohmann/json.hpp>

namespace isag {
namespace {

std::string text_of(const nlohmann::json& json, int indent) {
    return json.dump(indent, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace

std::string json_document(const nlohmann::json& json) { return text_of(json, 2); }

std::string json_line(const nlohmann::json& json) { return text_of(json, -1); }

}  // namespace isag
