// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/sandbox.hpp"
#include "common/escape.hpp"
#include "common/log_error.hpp"
#include "daemon/sandbox/limits.hpp"
#include "daemon/sandbox/verify.hpp"
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <fstream>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds init_limit{20};

// The folders of a sandbox. Its parent is private to the person; these can be entered by the container's user.
RunFolder make_run_folder(const Directories& directories, const std::string& id) {
    const RunFolder folder = run_folder(directories, id);
    make_private_directory(directories.runtime);
    make_private_directory(folder.path.parent_path());
    fs::create_directories(folder.socket_folder());
    fs::create_directories(folder.empty().folder);
    std::ofstream(folder.empty().file).close();
    fs::permissions(folder.empty().file, fs::perms(0444));
    fs::permissions(folder.empty().folder, fs::perms(0555));
    for (const auto& path : {folder.path, folder.socket_folder()}) fs::permissions(path, fs::perms(0755));
    return folder;
}

}  // namespace

RunFolder run_folder(const Directories& directories, const std::string& id) {
    return {directories.runtime / "sandboxes" / id};
}

Sandbox::Sandbox(asio::any_io_executor executor, Host& host, Record record)
    : host_(host),
      record_(std::move(record)),
      folder_(make_run_folder(host.directories, record_.id)),
      link_(executor, folder_.socket_folder() / proto::init::socket_name),
      tasks_(executor, log_unless_cancelled) {
    watch_link();
}

void Sandbox::watch_link() {
    link_.on_ended([this](std::int64_t process, ExitStatus status) {
        if (record_.main == 0)
            early_end_ = EarlyEnd{process, status};
        else if (process == record_.main)
            end(status);
    });
    link_.on_lost([this] {
        if (status_ == Status::running) tasks_.spawn(look_after_loss());
    });
    tasks_.spawn(link_.run());
}

// Init hung up: the container died (docker kill, the engine's restart, out of memory), or init will dial again.
asio::awaitable<void> Sandbox::look_after_loss() {
    asio::steady_timer pause(co_await asio::this_coro::executor);
    while (status_ == Status::running && !link_.connected()) {
        try {
            const auto open = co_await host_.engine.get();
            const auto state = co_await open.engine->inspect_container(record_.container);
            if (!state || !state->running) {
                const auto code = state ? static_cast<int>(state->exit_code) : 128 + SIGKILL;
                spdlog::warn("sandbox {}: its container was ended from outside", record_.name);
                end({.code = code, .signal = {}});
                co_return;
            }
        } catch (const Error& error) {
            host_.engine.forget();
        }
        pause.expires_after(std::chrono::milliseconds(200));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

void Sandbox::give_up_if_stopped() const {
    if (stop_asked_) throw Error("the sandbox was stopped while it started", {}, ErrorKind::cancelled);
}

asio::awaitable<SpawnedProcess> Sandbox::start(Plan plan, std::vector<SurveyedMount> sources) {
    std::exception_ptr failed;
    try {
        co_return co_await start_steps(std::move(plan), std::move(sources));
    } catch (...) {
        failed = std::current_exception();
    }
    give_up();
    std::rethrow_exception(failed);
}

asio::awaitable<SpawnedProcess> Sandbox::start_steps(Plan plan, std::vector<SurveyedMount> sources) {
    start_called_ = true;
    give_up_if_stopped();
    const auto open = co_await host_.engine.get();
    co_await create(*open.engine, plan);
    give_up_if_stopped();
    co_await open.engine->start_container(record_.container);
    const auto state = co_await open.engine->inspect_container(record_.container);
    give_up_if_stopped();
    if (!state || !state->running) co_await explain_silence(*open.engine);
    pid_ = state->pid;
    co_await link_.wait_ready(static_cast<pid_t>(pid_), init_limit);
    verify_container(static_cast<pid_t>(pid_), plan, sources);
    if (auto notice = limits_notice(control_groups_of(static_cast<pid_t>(pid_)), plan)) notices_.push_back(*notice);
    give_up_if_stopped();
    auto main = co_await link_.spawn(std::move(plan.main));
    record_.main = main.process;
    host_.records.save(record_);
    give_up_if_stopped();
    now_running();
    co_return main;
}

// What init said between its answer and our reading of it counts as well.
void Sandbox::now_running() {
    status_ = Status::running;
    if (early_end_ && early_end_->process == record_.main)
        end(early_end_->status);
    else if (!link_.connected())
        tasks_.spawn(look_after_loss());
}

asio::awaitable<void> Sandbox::create(engine::Engine& engine, const Plan& plan) {
    auto spec = std::make_shared<const nlohmann::json>(container_spec(plan));
    record_.container = co_await engine.create_container(plan.identity.container_name(), std::move(spec));
    host_.records.save(record_);
    for (const auto& network : plan.more_networks) co_await engine.connect_network(network, record_.container);
}

// The container ended before init could dial: its output says why.
asio::awaitable<void> Sandbox::explain_silence(engine::Engine& engine) {
    const std::string output = co_await engine.container_output(record_.container);
    throw Error("the sandbox ended as it started" + (output.empty() ? "" : ": " + escape_controls(output)));
}

void Sandbox::adopt(const engine::ContainerState& container) {
    record_.container = container.id;
    pid_ = container.pid;
    if (stop_asked_) return give_up();
    status_ = Status::running;
    link_.expect(static_cast<pid_t>(pid_));
    tasks_.spawn(look_after_loss());
}

void Sandbox::end(ExitStatus status) {
    if (status_ == Status::ended) return;
    status_ = Status::ended;
    exit_ = status;
    ended_.notify();
    if (on_ended_) on_ended_(exit_);
}

void Sandbox::on_ended(OnEnded handler) {
    on_ended_ = std::move(handler);
    if (status_ == Status::ended && on_ended_) on_ended_(exit_);
}

asio::awaitable<void> Sandbox::wait_ended() {
    while (status_ != Status::ended) co_await ended_.wait();
}

asio::awaitable<void> Sandbox::stop(std::chrono::seconds limit) {
    stop_asked_ = true;
    if (status_ == Status::starting && !start_called_) give_up();  // nobody else would
    const auto deadline = std::chrono::steady_clock::now() + limit;
    if (status_ == Status::running) {
        link_.kill(record_.main, SIGTERM);
        while (status_ == Status::running)
            if (!co_await ended_.wait_until(deadline)) end({.code = {}, .signal = SIGKILL});
    }
    co_await wait_ended();
}

asio::awaitable<void> Sandbox::remove_containers(engine::Engine& engine) {
    // By label and nonce, not only by the id that was noted: the engine may have created it after we were killed.
    const auto containers = co_await engine.list_containers("isag.sandbox=" + record_.id);
    for (const auto& container : containers) {
        const auto nonce = container.labels.find("isag.nonce");
        if (nonce == container.labels.end() || nonce->second != record_.nonce) continue;
        co_await engine.remove_container(container.id);
    }
}

asio::awaitable<void> Sandbox::let_go() {
    link_.stop();
    tasks_.cancel();
    co_await tasks_.join();
}

asio::awaitable<void> Sandbox::remove() {
    try {
        const auto open = co_await host_.engine.get();
        co_await remove_containers(*open.engine);
    } catch (const Error&) {
        host_.engine.forget();
        throw;
    }
    co_await let_go();
    std::error_code ignored;
    fs::remove_all(folder_.path, ignored);
    host_.records.remove(record_.id);
}

}  // namespace isag::sandbox
