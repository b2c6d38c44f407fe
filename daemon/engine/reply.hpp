// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/http.hpp"
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <utility>

namespace isag::engine {

// The reply's JSON. Throws Error "the engine refused to <what>: <its words>" where the status is 400 or more.
nlohmann::json expect_json(const HttpResponse& response, const std::string& what);
void expect_ok(const HttpResponse& response, const std::string& what);

// One part of a path or a query, percent-encoded (RFC 3986, 2.1).
std::string encode(std::string_view text);

// Splits streamed JSON, one object a line, into objects.
class JsonLines {
public:
    // Calls on_object for each line that is complete.
    template <class F>
    void feed(std::string_view bytes, F&& on_object) {
        pending_ += bytes;
        std::size_t newline;
        while ((newline = pending_.find('\n')) != std::string::npos) {
            const std::string line = pending_.substr(0, newline);
            pending_.erase(0, newline + 1);
            if (!line.empty()) on_object(line);
        }
    }

    // The last line may come without its end.
    template <class F>
    void finish(F&& on_object) {
        if (!pending_.empty()) on_object(std::exchange(pending_, {}));
    }

private:
    std::string pending_;
};

}  // namespace isag::engine
