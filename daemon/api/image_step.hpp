// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/api/config_source.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/sandbox/refusal.hpp"
#include <filesystem>
#include <string>

namespace isag::api {

struct MadeImage {
    std::string tag;
    bool built = false;
    std::filesystem::path artifacts;
};

// The image of a config, built where its content is not there yet, and the artifacts folder with what it was made from.
boost::asio::awaitable<MadeImage> make_image(Daemon& daemon, CallPtr call, const ReadConfig& read,
                                             const proto::ConfigSource& source, const proto::ImageOptions& options,
                                             sandbox::Person agent);

// Removes what builds left behind that the engine was killed in. Where it is still away, the next call does.
boost::asio::awaitable<void> remove_build_steps(Daemon& daemon);

// What this daemon refuses to mount.
sandbox::Refusals refusals_of(const Daemon& daemon, const std::string& engine_socket);

}  // namespace isag::api
