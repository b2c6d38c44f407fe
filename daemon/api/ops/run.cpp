// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "common/in_thread.hpp"
#include "daemon/api/config_source.hpp"
#include "daemon/api/endpoint.hpp"
#include "daemon/api/farewell.hpp"
#include "daemon/api/image_step.hpp"
#include "daemon/api/leash.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/port_holder.hpp"
#include "daemon/api/session.hpp"
#include "daemon/api/ssh_config.hpp"
#include "daemon/config/rules.hpp"
#include "daemon/sandbox/host_listener.hpp"
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/survey.hpp"
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

sandbox::Record record_for(const config::Config& config, const proto::RunRequest& request) {
    sandbox::Record record;
    record.agent = config::name_of(config.agent.vendor);
    record.config = config.file.string();
    record.project = config.project.host.string();
    record.started =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    record.session = {.terminal = request.terminal.has_value(),
                      .detach_keys = config.terminal.detach_keys,
                      .clipboard = config::name_of(config.terminal.clipboard)};
    record.user = config.container.user;
    record.directory = config.project.container.string();
    if (request.learn) record.learn = sandbox::LearnRecord{request.save_learned};
    return record;
}

std::vector<sandbox::BindMount> laid_out(const sandbox::Survey& survey, const sandbox::RunFolder& folder) {
    std::vector<sandbox::BindMount> mounts;
    for (const auto& mount : survey.mounts) mounts.push_back(mount.bind);
    return sandbox::lay_out(mounts, survey.overlays, folder.empty());
}

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
                               .host_network = firewall::look_at_host(),
                               .uplink = daemon.settings.network,
                               .learn = request.learn,
                               .folder = folder,
                               .init_program = daemon.registry.host().init_program})
        .value();
}

// In a thread: what an agent has put into its folders may take long to look through.
asio::awaitable<sandbox::Survey> survey_of(const Daemon& daemon, config::Config config, std::string engine_socket) {
    std::function<sandbox::Survey()> work = [config = std::move(config), refusals = refusals_of(daemon, engine_socket),
                                             person = daemon.person] { return survey(config, refusals, person); };
    co_return co_await in_thread(std::move(work));
}

constexpr std::size_t most_published = 256;

// Before anything is started: a port that is taken is the person's to change.
std::vector<sandbox::HostListener> listen_for(const Daemon& daemon, const proto::RunRequest& request) {
    if (request.publish.size() > most_published)
        throw Error("at most " + std::to_string(most_published) + " ports", {}, ErrorKind::usage);
    std::vector<sandbox::HostListener> out;
    for (const auto& forward : request.publish) {
        check_endpoint(forward.listen, EndUse::listen);
        check_endpoint(forward.to, EndUse::connect);
        if (forward.kind != "local" || !forward.listen.path.empty() || !forward.to.path.empty())
            throw Error("what is published is a TCP port", {}, ErrorKind::usage);
        out.push_back(sandbox::listen_on_host(forward, publisher_of(daemon, forward.listen.port)));
    }
    return out;
}

// Of those who asked for any port.
void tell_ports(Call& call, const proto::RunRequest& request, const std::vector<sandbox::HostListener>& listeners) {
    for (std::size_t i = 0; i < listeners.size(); ++i)
        if (request.publish[i].listen.port == 0)
            call.notice("port " + std::to_string(listeners[i].forward.listen.port) + " of this machine leads to port " +
                        std::to_string(listeners[i].forward.to.port) + " of the sandbox");
}

// None where the streams are pipes, or nobody looks yet.
ViewerPtr view(const CallPtr& call, const SandboxPtr& sandbox, const proto::RunRequest& request) {
    if (!request.terminal || request.detach) return nullptr;
    auto viewer = sandbox->terminal()->attach(*request.terminal, terminal::Terminal::Onto::nothing);
    listen_to_viewer(call, sandbox, viewer);
    return viewer;
}

}  // namespace

asio::awaitable<void> run(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::RunRequest>(*call);
    if (request.name && !config::is_container_name(*request.name))
        throw Error("the name '" + escape_controls(*request.name) + "' can't be used",
                    "allowed: a-z, 0-9, _, . and -, a letter or digit first, at most 63", ErrorKind::usage);
    if (request.detach && !request.terminal) throw Error("a detached sandbox has a terminal", {}, ErrorKind::usage);
    const auto read = load_config(request.config);
    const auto& config = read.config;
    auto listeners = listen_for(daemon, request);
    const auto open = co_await daemon.engine.get();
    auto survey = co_await survey_of(daemon, config, open.socket);
    for (const auto& notice : survey.notices) call->notice(notice);
    const auto image = co_await make_image(daemon, call, read, request.config, request.image, survey.agent);

    co_await daemon.registry.wait_adopted();
    const auto wanted = request.name.value_or(config.container.name);
    const auto sandbox = daemon.registry.create(wanted, request.name.has_value(), record_for(config, request));
    Leash leash(daemon.registry, sandbox);
    tell_ports(*call, request, listeners);
    if (!listeners.empty()) sandbox->publish(std::move(listeners));
    auto plan = plan_for(daemon, request, config, survey, sandbox, image.tag, open.info);
    for (const auto& notice : plan.notices) call->notice(notice);
    auto main = co_await daemon.registry.start(sandbox, std::move(plan), std::move(survey.mounts));
    for (const auto& notice : sandbox->notices()) call->notice(notice);
    prepare_farewell(daemon, sandbox, config, request.config.environment);
    write_ssh_config(daemon);

    if (request.terminal) leash.let_go();
    auto viewer = view(call, sandbox, request);
    if (viewer)
        main.streams = viewer->take_client_ends();
    else
        listen_to_client(*call, sandbox, main.process, {});
    const proto::RunReply reply{sandbox->record().name, image.artifacts.string(), session_of(*sandbox, main.process)};
    call->reply(proto::to_json(reply), std::move(main.streams));
    if (request.detach) co_return;
    co_await see_through(daemon, call, sandbox, std::move(viewer));
}

}  // namespace isag::api
