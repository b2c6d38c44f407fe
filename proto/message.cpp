// SPDX-License-Identifier: Apache-2.0
#include "proto/message.hpp"
#include "proto/json_text.hpp"
#include <array>
#include <nlohmann/json.hpp>
#include <set>

namespace isag::proto {

using nlohmann::json;

namespace {

constexpr std::array<std::pair<ErrorKind, std::string_view>, 5> kinds{{
    {ErrorKind::failed, "failed"},
    {ErrorKind::usage, "usage"},
    {ErrorKind::not_executable, "not_executable"},
    {ErrorKind::not_found, "not_found"},
    {ErrorKind::cancelled, "cancelled"},
}};

std::string_view name_of(ErrorKind kind) {
    for (const auto& [value, name] : kinds)
        if (value == kind) return name;
    return "failed";
}

ErrorKind kind_of(const std::string& name) {
    for (const auto& [value, known] : kinds)
        if (known == name) return value;
    return ErrorKind::failed;
}

std::string text_of(const json& object, const char* key) {
    const auto it = object.find(key);
    return it != object.end() && it->is_string() ? it->get<std::string>() : std::string();
}

Failure bad(const std::string& why) { return Failure{"bad message: " + why}; }

std::optional<Failure> parse_error(const json& error, std::optional<Error>& out) {
    if (!error.is_object() || !error.contains("message") || !error["message"].is_string())
        return bad("'error' has no message");
    const json data = error.value("data", json::object());
    if (!data.is_object()) return bad("'error.data' is not an object");
    out.emplace(error["message"].get<std::string>(), text_of(data, "hint"), kind_of(text_of(data, "kind")));
    return std::nullopt;
}

std::optional<Failure> check_envelope(const json& value) {
    static const std::set<std::string> known{"jsonrpc", "id", "method", "params", "result", "error", "fds"};
    for (const auto& item : value.items())
        if (!known.contains(item.key())) return bad("unknown key '" + item.key() + "'");
    if (text_of(value, "jsonrpc") != "2.0") return bad("'jsonrpc' is not \"2.0\"");
    if (value.contains("id") && !value["id"].is_number_integer()) return bad("'id' is not a whole number");
    if (value.contains("method") && !value["method"].is_string()) return bad("'method' is not a string");
    if (value.contains("fds") && (!value["fds"].is_number_unsigned() || value["fds"].get<std::uint64_t>() > max_fds))
        return bad("'fds' is not a number up to " + std::to_string(max_fds));
    const int bodies = value.contains("method") + value.contains("result") + value.contains("error");
    if (bodies != 1) return bad("it has to have one of 'method', 'result' and 'error'");
    if (!value.contains("method") && !value.contains("id")) return bad("a response has to have an 'id'");
    return std::nullopt;
}

json envelope() { return json{{"jsonrpc", "2.0"}}; }

}  // namespace

Result<Message> parse_message(std::string_view line) {
    auto parsed = parse_object(line);
    if (!parsed) return parsed.error();
    json& value = *parsed;
    if (auto failure = check_envelope(value)) return *failure;

    Message message;
    message.id = value.value("id", std::int64_t{0});
    message.fds = value.value("fds", std::int64_t{0});
    message.method = text_of(value, "method");
    json body = json::object();
    if (value.contains("method")) {
        message.type = value.contains("id") ? Message::Type::request : Message::Type::notification;
        if (value.contains("params")) body = std::move(value["params"]);
    } else if (value.contains("result")) {
        message.type = Message::Type::result;
        body = std::move(value["result"]);
    } else {
        message.type = Message::Type::error;
        if (auto failure = parse_error(value["error"], message.failure)) return *failure;
    }
    message.payload = std::make_shared<const json>(std::move(body));
    return message;
}

std::string request_line(std::int64_t id, std::string_view method, const json& params) {
    json value = envelope();
    value["id"] = id;
    value["method"] = method;
    value["params"] = params;
    return to_line(value);
}

std::string notification_line(std::string_view method, const json& params, std::int64_t fds) {
    json value = envelope();
    value["method"] = method;
    value["params"] = params;
    if (fds > 0) value["fds"] = fds;
    return to_line(value);
}

std::string result_line(std::int64_t id, const json& result, std::int64_t fds) {
    json value = envelope();
    value["id"] = id;
    value["result"] = result;
    if (fds > 0) value["fds"] = fds;
    return to_line(value);
}

std::string error_line(std::int64_t id, const Error& error) {
    json value = envelope();
    value["id"] = id;
    value["error"] = {{"code", -32000},  // JSON-RPC 2.0, 5.1: reserved for implementation-defined errors
                      {"message", error.message()},
                      {"data", {{"kind", name_of(error.kind())}, {"hint", error.hint()}}}};
    return to_line(value);
}

}  // namespace isag::proto
