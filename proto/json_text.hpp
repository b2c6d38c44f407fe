// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace isag::proto {

// How deep arrays and objects may nest in a message.
inline constexpr int max_depth = 32;

// JSON (RFC 8259) as messages need it: one object, at most max_depth deep, valid UTF-8, no key twice in one object.
Result<nlohmann::json> parse_object(std::string_view text);

// The same of a file. Throws Error.
nlohmann::json read_object(const std::filesystem::path& path);

// On one line, without spaces. Bytes that are not UTF-8 are replaced by U+FFFD.
std::string to_line(const nlohmann::json& value);

}  // namespace isag::proto
