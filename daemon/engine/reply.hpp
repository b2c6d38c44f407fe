// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/engine/http.hpp"
#include <algorithm>
#include <cstddef>
#include <functional>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace isag::engine {

// The reply's JSON. Throws Error "the engine refused to <what>: <its words>" where the status is 400 or more.
nlohmann::json expect_json(const HttpResponse& response, const std::string& what);
void expect_ok(const HttpResponse& response, const std::string& what);

// An answer that is not of the form which the API documents.
class NotUnderstood : public Error {
public:
    using Error::Error;
};

using ReadJson = std::function<void(const nlohmann::json&)>;
// Has the reply's JSON read, or each part of one that is an array. Throws Error as expect_json(), or NotUnderstood
// where `read` throws json::exception.
void read_json(const HttpResponse& response, const std::string& what, const ReadJson& read);
void read_each(const HttpResponse& response, const std::string& what, const ReadJson& read);

// What `read` makes of the reply's JSON, or of each part of one that is an array.
template <class Read>
auto read_reply(const HttpResponse& response, const std::string& what, Read read) {
    std::optional<std::invoke_result_t<Read, const nlohmann::json&>> out;
    read_json(response, what, [&](const nlohmann::json& reply) { out.emplace(read(reply)); });
    return std::move(*out);
}
template <class Read>
auto read_list(const HttpResponse& response, const std::string& what, Read read) {
    std::vector<std::invoke_result_t<Read, const nlohmann::json&>> out;
    read_each(response, what, [&](const nlohmann::json& part) { out.push_back(read(part)); });
    return out;
}
// The id of what was created.
std::string read_id(const HttpResponse& response, const std::string& what);

// A list's `filters` parameter, of what bears that label.
std::string label_filter(const std::string& label);

// One part of a path or a query, percent-encoded (RFC 3986, 2.1).
std::string encode(std::string_view text);

// Splits what an engine streams, JSON objects or a build's text, into lines. One that is longer than `longest` bytes
// comes in pieces: what prints it is not trusted to end it.
class StreamedLines {
public:
    static constexpr std::size_t longest = std::size_t{1} << 20;

    // Calls on_line for each line that is complete, without its end; not for empty ones.
    template <class F>
    void feed(std::string_view bytes, F&& on_line) {
        while (!bytes.empty()) {
            const auto newline = bytes.find('\n');
            const auto size = std::min({newline, bytes.size(), longest - pending_.size()});
            pending_ += bytes.substr(0, size);
            bytes.remove_prefix(size);
            const bool is_whole = size == newline;
            if (is_whole) bytes.remove_prefix(1);
            if (is_whole || pending_.size() == longest) finish(on_line);
        }
    }

    // The last line may come without its end.
    template <class F>
    void finish(F&& on_line) {
        if (!pending_.empty()) on_line(std::exchange(pending_, {}));
    }

private:
    std::string pending_;
};

}  // namespace isag::engine
