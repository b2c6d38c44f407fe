// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/sandbox.hpp"
#include "common/escape.hpp"
#include "common/log_error.hpp"
#include "daemon/sandbox/limits.hpp"
#include "daemon/sandbox/listeners.hpp"
#include "daemon/sandbox/verify.hpp"
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds init_limit{20};
constexpr std::chrono::seconds catch_up_limit{1};  // init dials every 250 ms; one that hangs holds nobody up

}  // namespace

Sandbox::Sandbox(asio::any_io_executor executor, Host& host, Record record)
    : executor_(executor),
      host_(host),
      record_(std::move(record)),
      folder_(make_run_folder(host.directories, record_.id, record_.identity().hostname())),
      link_(executor, folder_.socket_folder() / proto::init::socket_name),
      gate_(executor, host.gates, record_.name, folder_.gate_folder() / proto::gate::socket_name),
      guard_(executor, {host.engine, host.gates.image, host.cover_program, folder_.empty()}, record_, guard_hooks()),
      published_(executor, [this](proto::Endpoint to) { return connect_published(std::move(to)); }),
      tasks_(executor, log_unless_cancelled) {
    watch_link();
}

void Sandbox::watch_link() {
    link_.on_ended([this](InitLink::End end) { told_end(std::move(end)); });
    link_.on_connected([this] {
        if (catching_up_ || (terminal_ && !terminal_->connected())) tasks_.spawn(catch_up());
    });
    link_.on_lost([this] {
        if (status_ == Status::running) tasks_.spawn(look_after_loss());
    });
    tasks_.spawn(link_.run());
}

void Sandbox::told_end(InitLink::End end) {
    if (record_.main == 0) {
        early_end_ = std::move(end);
    } else if (end.process == record_.main) {
        init_waits_ = true;
        if (end.terminal) connect_terminal(std::move(end.terminal));  // for what was printed before we were there
        this->end(end.status, end.age);
    } else {
        ended_processes_.note(end.process, end.status);
    }
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
    co_await start_gate(plan);
    co_await start_agent(*open.engine, plan);
    verify_container(static_cast<pid_t>(pid_), plan, sources, gate_.network_namespace());
    if (auto notice = limits_notice(control_groups_of(static_cast<pid_t>(pid_)), plan)) notices_.push_back(*notice);
    give_up_if_stopped();
    const auto size = plan.main.terminal;
    if (gate_.lost()) throw Error("the sandbox's gate ended while the sandbox started");
    record_.pid_namespace = pid_namespace_of(static_cast<pid_t>(pid_));
    prepare_guard(plan, sources);
    auto main = co_await link_.spawn(std::move(plan.main));
    record_.main = main.process;
    host_.records.save(record_);
    if (host_.started) host_.started(record_, plan.image);
    if (size) {
        make_terminal(*size);
        terminal_->connect(std::move(main.streams.at(0)));
        main.streams.clear();
    }
    give_up_if_stopped();
    now_running();
    co_return main;
}

// The gate's readiness comes before the agent exists (security.md S5).
asio::awaitable<void> Sandbox::start_gate(const Plan& plan) {
    firewall::Gate::Steps steps;
    steps.created = [this, &plan](const std::string& container) {
        record_.gate = GateRecord{container, plan.gate.external_networks};
        host_.records.save(record_);
    };
    steps.check = [this] { give_up_if_stopped(); };
    auto gate = plan.gate;
    co_await gate_.start(std::move(gate), std::move(steps));
    give_up_if_stopped();
}

asio::awaitable<void> Sandbox::start_agent(engine::Engine& engine, const Plan& plan) {
    co_await create(engine, plan);
    give_up_if_stopped();
    co_await engine.start_container(record_.container);
    const auto state = co_await engine.inspect_container(record_.container);
    give_up_if_stopped();
    if (!state || !state->running) co_await explain_silence(engine);
    pid_ = state->pid;
    co_await link_.wait_ready(static_cast<pid_t>(pid_), init_limit);
}

// What init said between its answer and our reading of it counts as well.
void Sandbox::now_running() {
    status_ = Status::running;
    guard_.start();
    lead_published();
    if (early_end_ && early_end_->process == record_.main)
        told_end(*std::exchange(early_end_, std::nullopt));
    else if (!link_.connected())
        tasks_.spawn(look_after_loss());
}

asio::awaitable<void> Sandbox::create(engine::Engine& engine, const Plan& plan) {
    auto spec = std::make_shared<const nlohmann::json>(container_spec(plan, gate_.container()));
    record_.container = co_await engine.create_container(plan.identity.container_name(), std::move(spec));
    host_.records.save(record_);
}

// The container ended before init could dial: its output says why.
asio::awaitable<void> Sandbox::explain_silence(engine::Engine& engine) {
    const std::string output = co_await engine.container_output(record_.container);
    throw Error("the sandbox ended as it started" + (output.empty() ? "" : ": " + escape_controls(output)));
}

void Sandbox::adopt(const engine::ContainerState& container, const std::optional<engine::ContainerState>& gate) {
    record_.container = container.id;
    pid_ = container.pid;
    if (stop_asked_) return give_up();
    status_ = Status::running;
    for (const auto& forward : record_.published.value_or(std::vector<proto::Forward>()))
        tasks_.spawn(publish_again(forward));
    adopt_gate(gate);
    adopt_guard();
    if (record_.has_terminal()) make_terminal({});  // it has kept its size
    catching_up_ = true;
    catch_up_until_ = std::chrono::steady_clock::now() + catch_up_limit;
    link_.expect(static_cast<pid_t>(pid_));
    tasks_.spawn(look_after_loss());
}

void Sandbox::adopt_gate(const std::optional<engine::ContainerState>& gate) {
    gate_.adopt(gate, record_.gate ? record_.gate->networks : std::vector<std::string>());
}

asio::awaitable<void> Sandbox::found_ended(ExitStatus status, const std::optional<engine::ContainerState>& gate) {
    if (record_.learn) {
        adopt_gate(gate);
        co_await gate_.wait_caught_up();
    }
    if (record_.has_terminal()) make_terminal({}), terminal_->end();  // for a client that comes back to it
    end(status);
}

// An earlier isagd had the terminal; init has kept a copy. Before it answers, it says what ended meanwhile.
asio::awaitable<void> Sandbox::catch_up() {
    try {
        auto master = co_await link_.terminal_of(record_.main);
        connect_terminal(std::move(master));
    } catch (const Error& error) {
        if (!link_.connected()) co_return;  // it dials again
        const bool missed = terminal_ && !terminal_->connected() && status_ == Status::running;
        if (missed && error.kind() != ErrorKind::not_found)  // else it has just ended, and its terminal comes with that
            spdlog::warn("sandbox {}: its terminal is not shown: {}", record_.name, error.message());
    }
    catching_up_ = false;
    caught_up_.notify();
}

asio::awaitable<void> Sandbox::wait_caught_up() {
    bool in_time = true;
    while (in_time && catching_up_ && status_ == Status::running)
        in_time = co_await caught_up_.wait_until(catch_up_until_);
    co_await gate_.wait_caught_up(catch_up_until_);
}

asio::awaitable<UniqueFd> Sandbox::terminal_of(std::int64_t process) {
    if (status_ != Status::running) co_return UniqueFd();
    try {
        co_return co_await link_.terminal_of(process);
    } catch (const Error& error) {
        spdlog::debug("sandbox {}, process {}: {}", record_.name, process, error.message());
    }
    co_return UniqueFd();
}

void Sandbox::connect_terminal(UniqueFd master) {
    if (terminal_ && !terminal_->connected()) terminal_->connect(std::move(master));
}

void Sandbox::make_terminal(const proto::TerminalSize& size) {
    const terminal::Terminal::Files files{host_.finished.log_folder(record_.id), folder_.intake()};
    terminal_ = std::make_shared<terminal::Terminal>(executor_, files, size);
}

asio::awaitable<SpawnedProcess> Sandbox::exec(proto::init::Spawn request) {
    check_awake();
    request.main = false;
    const auto noted = ended_processes_.noted();
    auto spawned = co_await link_.spawn(std::move(request));
    ended_processes_.started(spawned.process, noted);
    co_return spawned;
}

asio::awaitable<ExitStatus> Sandbox::wait_process(std::int64_t process) {
    if (process == record_.main) {
        co_await wait_ended();
        co_return exit_;
    }
    const auto status = co_await ended_processes_.wait(process);
    co_return status.value_or(ExitStatus{.code = {}, .signal = SIGKILL});  // with all the others
}

}  // namespace isag::sandbox
