// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/image_step.hpp"
#include "daemon/api/artifacts.hpp"
#include "daemon/image/build.hpp"
#include <spdlog/spdlog.h>

namespace isag::api {

boost::asio::awaitable<MadeImage> make_image(Daemon& daemon, CallPtr call, const ReadConfig& read,
                                             const proto::ConfigSource& source, const proto::ImageOptions& options,
                                             sandbox::Person agent) {
    co_await daemon.registry.remove_strays();
    co_await remove_build_steps(daemon);
    const auto open = co_await daemon.engine.get();
    const auto artifacts = write_artifacts(daemon.directories.cache, read.config, read.text);
    image::BuildContext context{.engine = *open.engine,
                                .report = *call,
                                .turns = daemon.image_turns,
                                .certificate_sums = daemon.certificate_sums,
                                .build_steps = daemon.build_steps,
                                .config = read.config,
                                .uid = agent.uid,
                                .gid = agent.gid,
                                .root_is_person = open.info.root_is_person(),
                                .environment = source.environment,
                                .directories = daemon.directories,
                                .probe_labels = daemon.records.stray_labels(),
                                .artifacts = artifacts,
                                .pull = options.pull,
                                .rebuild = options.rebuild,
                                .no_cache = options.no_cache};
    auto built = co_await image::ensure_image(std::move(context));
    if (built.refresh) daemon.background.spawn(image::refresh_cli_version(std::move(*built.refresh)));
    if (built.built) daemon.events.tell("image.built", built.tag, {{"config", read.config.file}});
    co_return MadeImage{std::move(built.tag), built.built, artifacts};
}

boost::asio::awaitable<void> remove_build_steps(Daemon& daemon) {
    try {
        if (!daemon.build_steps.any_left()) co_return;
        const auto open = co_await daemon.engine.get();
        co_await daemon.build_steps.remove_left(*open.engine);
    } catch (const Error& error) {
        spdlog::warn("what a build left behind is not removed yet: {}", error.message());
    }
}

sandbox::Refusals refusals_of(const Daemon& daemon, const std::string& engine_socket) {
    return {daemon.directories, engine::known_sockets(engine_socket, daemon.directories)};
}

}  // namespace isag::api
