// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/find.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/image/report.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>
#include <utility>
#include <vector>

namespace isag::test {

// The real engine's HTTP, with what was asked written down.
class RecordingHttp final : public engine::Http {
public:
    RecordingHttp(std::unique_ptr<engine::Http> http, std::vector<std::string>& asked)
        : http_(std::move(http)), asked_(asked) {}
    boost::asio::awaitable<engine::HttpResponse> send(engine::HttpRequest request,
                                                      std::chrono::seconds limit) override {
        asked_.push_back(request.method + " " + request.target);
        return http_->send(std::move(request), limit);
    }
    boost::asio::awaitable<engine::HttpResponse> stream(engine::HttpRequest request, OnBytes on_bytes) override {
        asked_.push_back(request.method + " " + request.target);
        return http_->stream(std::move(request), std::move(on_bytes));
    }

private:
    std::unique_ptr<engine::Http> http_;
    std::vector<std::string>& asked_;
};

// What was reported, for a look afterwards.
class KeptReport final : public image::Report {
public:
    void progress(const std::string& stage, const std::string& text, std::int64_t step, std::int64_t steps) override {
        lines.push_back(stage + ": " + text + " " + std::to_string(step) + "/" + std::to_string(steps));
    }
    void notice(const std::string& text) override { notices.push_back(text); }
    std::vector<std::string> lines;
    std::vector<std::string> notices;
};

// The first engine whose socket is there; none is a reason to skip.
inline std::optional<std::string> engine_socket() {
    const auto environment = current_environment();
    const auto candidates = engine::find_candidates("auto", environment, find_directories(environment, ::getuid()));
    if (!candidates) return {};
    for (const auto& candidate : *candidates)
        if (::access(candidate.socket.c_str(), R_OK | W_OK) == 0) return candidate.socket;
    return {};
}

inline std::unique_ptr<engine::Engine> open_engine(const std::string& socket, std::vector<std::string>& asked) {
    auto http = engine::make_unix_http(socket, "/v1.41");
    return std::make_unique<engine::Engine>(std::make_unique<RecordingHttp>(std::move(http), asked));
}

}  // namespace isag::test
