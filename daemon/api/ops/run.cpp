// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "daemon/api/config_source.hpp"
#include "daemon/api/image_step.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/config/rules.hpp"
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/survey.hpp"
#include "daemon/sandbox/terminal.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

using sandbox::Sandbox;
using SandboxPtr = std::shared_ptr<Sandbox>;

sandbox::Record record_for(const config::Config& config) {
    sandbox::Record record;
    record.agent = config::name_of(config.agent.vendor);
    record.config = config.file.string();
    record.project = config.project.host.string();
    record.started =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    return record;
}

std::vector<sandbox::BindMount> laid_out(const sandbox::Survey& survey, const sandbox::RunFolder& folder) {
    std::vector<sandbox::BindMount> mounts;
    for (const auto& mount : survey.mounts) mounts.push_back(mount.bind);
    return sandbox::lay_out(mounts, survey.overlays, folder.empty());
}

// What the client says goes to the sandbox.
void listen_to_client(Call& call, const SandboxPtr& sandbox, std::shared_ptr<UniqueFd> terminal) {
    call.on_notification([sandbox, terminal](const proto::Message& message) {
        if (message.method == "signal") {
            const auto signal = proto::from_json<proto::Signal>(*message.payload, "signal").value();
            sandbox->signal_main(static_cast<int>(signal.number));
        } else if (message.method == "resize" && *terminal) {
            const auto size = proto::from_json<proto::TerminalSize>(*message.payload, "resize").value();
            sandbox::set_terminal_size(*terminal, size);
        }
    });
}

// And the sandbox's end goes to the client.
void tell_end(Call& call, ExitStatus status) {
    proto::Exited exited;
    if (status.signal)
        exited.signal = *status.signal;
    else
        exited.code = status.code.value_or(0);
    call.notify("exited", proto::to_json(exited));
}

// Ends the sandbox when its client leaves first, however that happens.
class Leash {
public:
    Leash(sandbox::Registry& registry, SandboxPtr sandbox) : registry_(registry), sandbox_(std::move(sandbox)) {}
    Leash(const Leash&) = delete;
    Leash& operator=(const Leash&) = delete;
    ~Leash() {
        sandbox_->on_ended({});
        if (sandbox_->status() != Sandbox::Status::ended) registry_.abandon(sandbox_);
    }

private:
    sandbox::Registry& registry_;
    SandboxPtr sandbox_;
};

sandbox::Plan plan_for(Daemon& daemon, const proto::RunRequest& request, const config::Config& config,
                       const sandbox::Survey& survey, const SandboxPtr& sandbox, const std::string& image,
                       const engine::Info& engine) {
    const auto folder = sandbox::run_folder(daemon.directories, sandbox->record().id);
    return sandbox::make_plan({.config = config,
                               .identity = sandbox->record().identity(),
                               .image = image,
                               .agent = survey.agent,
                               .mounts = laid_out(survey, folder),
                               .env_files = survey.env_files,
                               .extra_environment = request.extra_environment,
                               .person_environment = request.config.environment,
                               .arguments = request.arguments,
                               .terminal = request.terminal,
                               .engine = engine,
                               .run_folder = folder.socket_folder(),
                               .init_program = daemon.registry.host().init_program})
        .value();
}

}  // namespace

asio::awaitable<void> run(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::RunRequest>(*call);
    if (request.name && !config::is_container_name(*request.name))
        throw Error("the name '" + escape_controls(*request.name) + "' can't be used",
                    "allowed: a-z, 0-9, _, . and -, a letter or digit first, at most 63", ErrorKind::usage);
    const auto read = load_config(request.config);
    const auto& config = read.config;
    const auto open = co_await daemon.engine.get();
    auto survey = sandbox::survey(config, refusals_of(daemon, open.socket), daemon.person);
    for (const auto& notice : survey.notices) call->notice(notice);
    const auto image = co_await make_image(daemon, call, read, request.config, request.image, survey.agent);

    co_await daemon.registry.wait_adopted();
    const auto wanted = request.name.value_or(config.container.name);
    const auto sandbox = daemon.registry.create(wanted, request.name.has_value(), record_for(config));
    const Leash leash(daemon.registry, sandbox);
    auto plan = plan_for(daemon, request, config, survey, sandbox, image.tag, open.info);
    for (const auto& notice : plan.notices) call->notice(notice);
    auto main = co_await daemon.registry.start(sandbox, std::move(plan), std::move(survey.mounts));
    for (const auto& notice : sandbox->notices()) call->notice(notice);

    const bool has_terminal = request.terminal.has_value();
    auto terminal = std::make_shared<UniqueFd>(has_terminal ? main.streams.at(0).duplicate() : UniqueFd());
    listen_to_client(*call, sandbox, std::move(terminal));
    const proto::RunReply reply{sandbox->record().name, image.artifacts.string()};
    call->reply(proto::to_json(reply), std::move(main.streams));
    sandbox->on_ended([call](ExitStatus status) { tell_end(*call, status); });
    co_await sandbox->wait_ended();
}

}  // namespace isag::api
