// SPDX-License-Identifier: Apache-2.0
#include "proto/config.hpp"
#include "daemon/api/config_source.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/config/starter.hpp"
#include "daemon/image/starter_base.hpp"
#include <nlohmann/json.hpp>

namespace isag::api {

boost::asio::awaitable<void> config_check(Daemon&, CallPtr call) {
    const auto source = parameters_of<proto::ConfigSource>(*call);
    const auto loaded = read_config(source);
    proto::ConfigReport report;
    for (const auto& finding : loaded.findings)
        report.findings.push_back({source.path, finding.line, finding.column, finding.key, finding.message});
    call->reply(proto::to_json(std::move(report)));
    co_return;
}

boost::asio::awaitable<void> config_show(Daemon&, CallPtr call) {
    const auto loaded = load_config(parameters_of<proto::ConfigSource>(*call)).config;
    call->reply(proto::to_json(proto::ConfigText{config::to_yaml(loaded), config::to_json(loaded)}));
    co_return;
}

boost::asio::awaitable<void> config_template(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::TemplateRequest>(*call);
    config::StarterOptions options;
    options.extended = request.extended;
    options.gpu = request.gpu;
    options.vendor = request.vendor == "codex" ? config::Vendor::codex : config::Vendor::claude;
    options.project = request.project.value_or(".");
    if (!options.gpu) {
        const auto base = co_await image::starter_base(daemon.engine, *call);
        options.base_image = base.image;
        options.python = base.python;
    }
    call->reply(proto::to_json(proto::Template{config::starter(options), options.project}));
}

}  // namespace isag::api
