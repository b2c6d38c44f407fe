// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/api.hpp"
#include <nlohmann/json_fwd.hpp>
#include <optional>

namespace isag::proto {

// What the other side says of itself in "hello". Whatever else a later version says there is passed over, so that
// versions which don't understand each other can tell a person so.
Result<Hello> read_hello(const nlohmann::json& payload);

// Why these two can't work together, and what to do about it; nothing where they can.
std::optional<Error> disagreement(const Hello& isag, const Hello& isagd, long isagd_pid);

}  // namespace isag::proto
