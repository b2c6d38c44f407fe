// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/reply.hpp"
#include "common/escape.hpp"
#include <cctype>
#include <nlohmann/json.hpp>

namespace isag::engine {

using nlohmann::json;

void expect_ok(const HttpResponse& response, const std::string& what) {
    if (response.status < 400) return;
    const json body = json::parse(response.body, nullptr, false);
    std::string words = response.body;
    if (body.is_object() && body.contains("message") && body["message"].is_string())
        words = body["message"].get<std::string>();
    throw Error("the engine refused to " + what + ": " + escape_controls(words));
}

json expect_json(const HttpResponse& response, const std::string& what) {
    expect_ok(response, what);
    json value = json::parse(response.body, nullptr, false);
    if (value.is_discarded()) throw Error("the engine's answer to " + what + " is not JSON");
    return value;
}

void read_json(const HttpResponse& response, const std::string& what, const ReadJson& read) {
    const json reply = expect_json(response, what);
    try {
        read(reply);
    } catch (const json::exception& error) {
        throw NotUnderstood("the engine's answer to " + what + " is not understood: " + error.what());
    }
}

void read_each(const HttpResponse& response, const std::string& what, const ReadJson& read) {
    read_json(response, what, [&](const json& reply) {
        for (const auto& part : reply) read(part);
    });
}

std::string read_id(const HttpResponse& response, const std::string& what) {
    return read_reply(response, what, [](const json& reply) { return reply.at("Id").get<std::string>(); });
}

std::string label_filter(const std::string& label) {
    const json filters{{"label", json::array({label})}};
    return encode(filters.dump());
}

std::string encode(std::string_view text) {
    std::string out;
    for (const char c : text) {
        if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '.' || c == '_' || c == '~') {
            out += c;
            continue;
        }
        constexpr std::string_view digits = "0123456789ABCDEF";
        out += '%';
        out += digits[static_cast<unsigned char>(c) >> 4];
        out += digits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

}  // namespace isag::engine
