// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/farewell.hpp"
#include "daemon/api/config_source.hpp"
#include "daemon/api/network_summary.hpp"
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::chrono::seconds limit{5};

asio::awaitable<void> work_out(std::shared_ptr<Farewell> farewell, std::shared_ptr<sandbox::Sandbox> sandbox,
                               config::Config config, Environment environment) {
    co_await sandbox->wait_ended();
    farewell->summary = co_await network_summary(sandbox, config, environment);
    farewell->ready.notify();
}

}  // namespace

void prepare_farewell(Daemon& daemon, std::shared_ptr<sandbox::Sandbox> sandbox, config::Config config,
                      Environment environment) {
    auto farewell = std::make_shared<Farewell>();
    std::erase_if(daemon.farewells, [&](const auto& entry) { return !daemon.registry.with_id(entry.first); });
    daemon.farewells[sandbox->record().id] = farewell;
    daemon.background.spawn(
        work_out(std::move(farewell), std::move(sandbox), std::move(config), std::move(environment)));
}

void prepare_farewell(Daemon& daemon, std::shared_ptr<sandbox::Sandbox> sandbox) {
    config::Config config;
    try {
        config = load_config({sandbox->record().config, daemon.environment}).config;
    } catch (const Error& error) {  // then no rule is known to be there already
        spdlog::warn("sandbox {}: {}", sandbox->record().name, error.message());
    }
    prepare_farewell(daemon, std::move(sandbox), std::move(config), daemon.environment);
}

asio::awaitable<void> tell_farewell(Daemon& daemon, Call& call, const sandbox::Sandbox& sandbox) {
    const auto found = daemon.farewells.find(sandbox.record().id);
    if (found == daemon.farewells.end()) co_return;
    const auto farewell = found->second;
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!farewell->summary)
        if (!co_await farewell->ready.wait_until(deadline)) co_return;
    const auto& summary = *farewell->summary;
    if (summary.refused > 0 || summary.learn) call.notify("net.summary", proto::to_json(proto::net::Summary(summary)));
}

}  // namespace isag::api
