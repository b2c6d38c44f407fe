// SPDX-License-Identifier: Apache-2.0
#include "proto/json_text.hpp"
#include "common/file.hpp"
#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace isag::proto {

using nlohmann::json;

Result<json> parse_object(std::string_view text) {
    std::vector<std::set<std::string>> keys;  // of the objects that are open
    std::string problem;
    const auto watch = [&](int depth, json::parse_event_t event, json& value) {
        const bool opens = event == json::parse_event_t::object_start || event == json::parse_event_t::array_start;
        if (opens && depth >= max_depth) problem = "nested more than " + std::to_string(max_depth) + " deep";
        if (event == json::parse_event_t::object_start) keys.emplace_back();
        if (event == json::parse_event_t::object_end) keys.pop_back();
        if (event == json::parse_event_t::key && !keys.back().insert(value.get<std::string>()).second)
            problem = "the key " + value.dump() + " comes twice";
        return problem.empty();
    };
    if (text.find('\0') != text.npos) return Failure{"bad message: not JSON"};  // where the parser would stop
    json value = json::parse(text, watch, /*allow_exceptions=*/false);
    if (!problem.empty()) return Failure{"bad message: " + problem};
    if (value.is_discarded()) return Failure{"bad message: not JSON"};
    if (!value.is_object()) return Failure{"bad message: not an object"};
    return value;
}

json read_object(const std::filesystem::path& path) { return parse_object(read_file(path).value()).value(); }

std::string to_line(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace isag::proto
