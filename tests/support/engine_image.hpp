// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/find.hpp"
#include "daemon/engine/http.hpp"
#include "tests/support/run_coro.hpp"
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <unistd.h>

namespace isag::test {

// The real engine, and an image with a shell in it.
struct RealEngine {
    std::string socket;
    std::string image;
    std::unique_ptr<engine::Engine> open() const {
        return std::make_unique<engine::Engine>(engine::make_unix_http(socket, "/v1.41"));
    }
};

inline boost::asio::awaitable<void> choose_image(engine::Engine& engine, std::string& chosen) {
    for (const char* name : {"isag/base:debian-12", "debian:bookworm", "debian:12", "ubuntu:24.04"}) {
        const auto image = co_await engine.find_image(name);
        if (image && chosen.empty()) chosen = name;
    }
}

// Nothing, with the reason, where there is no engine for us, or no image to use.
inline std::optional<RealEngine> find_real_engine(std::string& reason) {
    const auto environment = current_environment();
    const auto candidates = engine::find_candidates("auto", environment, find_directories(environment, ::getuid()));
    reason = "no container engine's socket is there, or it is not for us";
    if (!candidates) return {};
    for (const auto& candidate : *candidates) {
        if (::access(candidate.socket.c_str(), R_OK | W_OK) != 0) continue;
        RealEngine real{candidate.socket, {}};
        boost::asio::io_context context;
        const auto opened = real.open();
        run(context, choose_image(*opened, real.image));
        reason = "the engine has no Debian or Ubuntu image";
        if (!real.image.empty()) return real;
    }
    return {};
}

#define USE_REAL_ENGINE(name)                                      \
    std::string name##_reason;                                     \
    const auto name = isag::test::find_real_engine(name##_reason); \
    if (!name) {                                                   \
        MESSAGE("skipped: " << name##_reason);                     \
        return;                                                    \
    }

}  // namespace isag::test
