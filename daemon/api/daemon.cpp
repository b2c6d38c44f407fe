// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/daemon.hpp"
#include "common/log_error.hpp"
#include "daemon/api/farewell.hpp"
#include "daemon/api/ssh_config.hpp"
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace isag::api {

Daemon::Daemon(boost::asio::any_io_executor executor, Directories where, Environment variables, Programs programs)
    : directories(std::move(where)),
      environment(std::move(variables)),
      settings(config::load_daemon_settings(directories.config / "isagd.yaml")),
      person{::getuid(), ::getgid()},
      engine(settings.engine, environment, directories),
      records(directories.state),
      finished(directories.state, std::chrono::seconds(settings.keep_finished)),
      events(directories.state / "events.jsonl"),
      gates(engine, std::move(programs.gate_archive), records.owner()),
      registry(executor, sandbox::Host{directories, engine, records, finished, std::move(programs.init), gates,
                                       std::move(programs.cover)}),
      build_steps(directories.state / "build-steps"),
      background(executor, log_unless_cancelled) {
    registry.host().started = [this](const sandbox::Record& record, const std::string& image) {
        events.tell("sandbox.started", record.name, {{"image", image}, {"config", record.config}});
    };
    registry.host().ended = [this](const sandbox::Record& record, const ExitStatus& status) {
        const auto how =
            status.signal ? std::pair("signal", *status.signal) : std::pair("code", status.code.value_or(0));
        events.tell("sandbox.ended", record.name, {{how.first, std::to_string(how.second)}});
        write_ssh_config(*this);
    };
    registry.host().lost_cover = [this](const sandbox::Record& record, const sandbox::LostCover& lost) {
        std::map<std::string, std::string> details{{"path", lost.path}};
        if (!lost.obstacle.empty()) details["why"] = lost.obstacle;
        events.tell(lost.paused ? "sandbox.paused" : "sandbox.unpaused", record.name, std::move(details));
    };
    registry.host().taken_over = [this](std::shared_ptr<sandbox::Sandbox> sandbox) {
        prepare_farewell(*this, std::move(sandbox));
    };
}

void Daemon::reload() {
    try {
        auto read = config::load_daemon_settings(directories.config / "isagd.yaml");
        if (read.engine != settings.engine)
            spdlog::warn("isagd.yaml: another engine counts once isagd is started anew");
        settings = std::move(read);
        finished.keep_for(std::chrono::seconds(settings.keep_finished));
        spdlog::info("isagd.yaml was read again");
    } catch (const Error& error) {
        spdlog::error("isagd.yaml is not taken: {}", error.message());
    }
}

}  // namespace isag::api
