// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/image_step.hpp"
#include "common/file.hpp"
#include "daemon/api/artifacts.hpp"

namespace isag::api {

boost::asio::awaitable<MadeImage> make_image(Daemon& daemon, CallPtr call, const config::Config& config,
                                             const proto::ConfigSource& source, const proto::ImageOptions& options,
                                             sandbox::Person agent) {
    (void)call; (void)source; (void)options; (void)agent;
    const auto artifacts = write_artifacts(daemon.directories.cache, config, "");
    co_return MadeImage{"debian:bookworm", false, artifacts};
}

sandbox::Refusals refusals_of(const Daemon& daemon, const std::string& engine_socket) {
    return {daemon.directories, {engine_socket}};
}

}  // namespace isag::api
