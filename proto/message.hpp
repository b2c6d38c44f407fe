// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstdint>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>

// JSON-RPC 2.0, one message a line. Beside what that names, a message may hold "fds": how many descriptors travel with
// it (SCM_RIGHTS), and an error's "data" holds what isag::Error holds.
namespace isag::proto {

// Raised whenever a message changes its meaning; both sides say theirs in `hello`.
inline constexpr std::int64_t protocol_version = 1;

using Payload = std::shared_ptr<const nlohmann::json>;  // never null; an empty object where there is none

struct Message {
    enum class Type { request, notification, result, error };
    Type type = Type::notification;
    std::int64_t id = 0;           // of request, result, error
    std::string method;            // of request, notification
    Payload payload;               // params or result
    std::optional<Error> failure;  // of error
    std::int64_t fds = 0;
};

// At most this many descriptors travel with one message.
inline constexpr std::int64_t max_fds = 8;

Result<Message> parse_message(std::string_view line);

// Each returns the line without its newline.
std::string request_line(std::int64_t id, std::string_view method, const nlohmann::json& params);
std::string notification_line(std::string_view method, const nlohmann::json& params, std::int64_t fds = 0);
std::string result_line(std::int64_t id, const nlohmann::json& result, std::int64_t fds = 0);
std::string error_line(std::int64_t id, const Error& error);

}  // namespace isag::proto
