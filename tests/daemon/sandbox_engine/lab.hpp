// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/daemon/sandbox/with_registry.hpp"
#include "tests/support/engine_image.hpp"
#include "tests/support/temp_folder.hpp"
#include <array>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <fstream>
#include <functional>
#include <sys/stat.h>

namespace isag::test {

// What a command in a sandbox said, and how it ended.
struct Said {
    std::string out, err;
    ExitStatus status;
};

// A person's home with a project, and a registry on the real engine. The agent is uid 4711 where we are root.
class Lab {
public:
    explicit Lab(const RealEngine& engine) : real_(engine) {
        std::filesystem::create_directories(project());
        if (::geteuid() == 0) {
            if (::chown(home().c_str(), 4711, 4711) != 0 || ::chown(project().c_str(), 4711, 4711) != 0)
                throw Error("cannot give the project away");
            std::filesystem::permissions(folder_.path(), std::filesystem::perms(0755));
        }
        config.file = project() / "isag.yaml";
        config.project = {project(), "/workspace/project", config::Access::read_write, "project"};
        write("isag.yaml", "project: .:/workspace/project:rw\n");
        config.agent.host_home = home();
        config.container.host_cache_dir = home() / "agent-cache";
    }

    std::filesystem::path home() const { return folder_.path() / "home"; }
    std::filesystem::path project() const { return home() / "web"; }
    void write(const std::filesystem::path& name, const std::string& text) const {
        const sandbox::Person agent = sandbox::agent_for(config, {::getuid(), ::getgid()});
        sandbox::make_folder((project() / name).parent_path(), agent);
        std::ofstream(project() / name) << text;
        if (::geteuid() == 0 && ::chown((project() / name).c_str(), agent.uid, agent.gid) != 0)
            throw Error("cannot give " + name.string() + " away");
    }
    Directories directories() const {
        const auto& path = folder_.path();
        return {home(), path / "run", path / "state", path / "cache", path / "config"};
    }
    sandbox::Survey look() const {
        const sandbox::Refusals refusals(directories(), {real_.socket});
        return sandbox::survey(config, refusals, {::getuid(), ::getgid()});
    }

    // Runs the body with a registry, which is then shut down as by SIGTERM.
    void run(RegistryBody body) {
        context_.restart();
        RegistryPlace place{real_.socket,       directories(),     ISAG_INIT_PROGRAM,
                            ISAG_COVER_PROGRAM, ISAG_GATE_ARCHIVE, std::chrono::seconds(120)};
        test::run(context_, with_registry(std::move(place), std::move(body)));
    }
    // A sandbox with that shell script as its main process; `between` happens after the disk was looked at.
    boost::asio::awaitable<std::shared_ptr<sandbox::Sandbox>> start(sandbox::Registry& registry, std::string script,
                                                                    sandbox::SpawnedProcess& main,
                                                                    std::function<void()> between = nullptr) const {
        auto survey = look();
        const auto sandbox = registry.create("lab", false, {});
        auto plan = plan_for(sandbox->record(), survey, std::move(script));
        if (between) between();
        main = co_await registry.start(sandbox, std::move(plan), std::move(survey.mounts));
        co_return sandbox;
    }
    // A shell script, to its end and its removal.
    boost::asio::awaitable<void> say(sandbox::Registry& registry, std::string script, Said& said) const {
        sandbox::SpawnedProcess main;
        const auto sandbox = co_await start(registry, std::move(script), main);
        main.streams.at(0).reset();
        co_await read_all(std::move(main.streams.at(1)), said.out);
        co_await read_all(std::move(main.streams.at(2)), said.err);
        co_await sandbox->wait_ended();
        said.status = sandbox->exit();
        co_await registry.settle();
    }

    static boost::asio::awaitable<void> read_all(UniqueFd fd, std::string& into) {
        namespace asio = boost::asio;
        asio::posix::stream_descriptor stream(co_await asio::this_coro::executor, fd.release());
        boost::system::error_code ec;
        while (!ec) {
            std::array<char, 4096> bytes;
            const auto n =
                co_await stream.async_read_some(asio::buffer(bytes), asio::redirect_error(asio::use_awaitable, ec));
            into.append(bytes.data(), n);
        }
    }

    config::Config config = config::default_config();
    firewall::HostNetwork host_network{{"198.51.100.53"}, {}};  // nobody answers there
    const RealEngine& real() const { return real_; }

private:
    sandbox::Plan plan_for(const sandbox::Record& record, const sandbox::Survey& survey, std::string script) const {
        const auto folder = sandbox::run_folder(directories(), record.id);
        std::vector<sandbox::BindMount> mounts;
        for (const auto& mount : survey.mounts) mounts.push_back(mount.bind);
        engine::Info engine;
        engine.memory = std::int64_t{1} << 30;
        return sandbox::make_plan({.config = config,
                                   .identity = record.identity(),
                                   .image = real_.image,
                                   .agent = survey.agent,
                                   .mounts = sandbox::lay_out(mounts, survey.overlays, folder.empty()),
                                   .env_files = {},
                                   .extra_environment = {},
                                   .person_environment = {},
                                   .arguments = {"sh", "-c", std::move(script)},
                                   .terminal = {},
                                   .engine = std::move(engine),
                                   .host_network = host_network,
                                   .uplink = {},
                                   .learn = false,
                                   .folder = folder,
                                   .init_program = ISAG_INIT_PROGRAM})
            .value();
    }

    RealEngine real_;
    TempFolder folder_;
    boost::asio::io_context context_;
};

}  // namespace isag::test
