// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/gate.hpp"
#include "common/escape.hpp"
#include "common/log_error.hpp"
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

namespace asio = boost::asio;
namespace wire = isag::proto::gate;

namespace isag::firewall {
namespace {

constexpr std::chrono::seconds ready_limit{20};
constexpr std::chrono::milliseconds ready_slice{500};  // after each it is asked whether the container still runs
constexpr std::chrono::seconds between_looks{3};

std::int64_t own_network_namespace() {
    struct stat info {};
    if (::stat("/proc/self/ns/net", &info) != 0) throw errno_error("cannot see this host's network namespace", errno);
    return static_cast<std::int64_t>(info.st_ino);
}

void check_ready(const wire::Ready& ready, GateMode mode) {
    if (ready.limited != (mode != GateMode::open)) throw Error("isag-gate loaded other rules than it was asked to");
    if (ready.network_namespace == 0 || ready.network_namespace == own_network_namespace())
        throw Error("isag-gate is not in a network namespace of its own");
}

// Whoever follows the sandbox's connections sees why there are none (security.md S5).
wire::Event event_of(bool lost) {
    const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(since_epoch).count();
    const char* why = lost ? "it does not answer: nothing is let through" : "it answers again";
    return {time, !lost, "gate", std::string(wire::own_name), 0, why, 1};
}

}  // namespace

Gate::Gate(asio::any_io_executor executor, Supply& supply, std::string sandbox, std::filesystem::path socket)
    : supply_(supply),
      sandbox_(std::move(sandbox)),
      use_(supply.uplink.use()),
      link_(executor, socket),
      tasks_(executor, log_unless_cancelled) {
    watch_link();
}

void Gate::watch_link() {
    link_.on_events([this](const wire::Events& events) { events_.take(events); });
    link_.on_ready([this](const wire::Ready& ready) { take_ready(ready); });
    link_.on_lost([this] { set_lost(true); });
    tasks_.spawn(link_.run());
}

// A worker dialled: the first one, the one after it, or the one of a gate that an earlier isagd started.
void Gate::take_ready(const wire::Ready& ready) {
    namespace_ = ready.network_namespace;
    if (!started_) return;  // start() goes on by itself
    unconfigured_ = !ready.configured && settings_;
    if (unconfigured_)
        tasks_.spawn(configure_again());
    else
        set_lost(false);
}

asio::awaitable<void> Gate::configure_again() {
    auto settings = *settings_;
    co_await link_.configure(std::move(settings));
    unconfigured_ = false;
    set_lost(false);
}

asio::awaitable<void> Gate::start(GatePlan plan, Steps steps) {
    const auto open = co_await supply_.engine.get();
    steps.check();
    try {
        co_await create(*open.engine, plan, steps);
        steps.check();
        co_await open.engine->start_container(container_);
        const auto state = co_await open.engine->inspect_container(container_);
        steps.check();
        const auto ready = co_await wait_ready(*open.engine, state ? static_cast<pid_t>(state->pid) : 0);
        check_ready(ready, plan.mode);
        steps.check();
        if (plan.mode != GateMode::open) co_await configure(*open.engine, std::move(plan.settings));
    } catch (const Error& error) {
        if (error.kind() == ErrorKind::cancelled) throw;
        throw error.within("the sandbox's network");
    }
    if (!link_.connected()) throw Error("the sandbox's network: isag-gate hung up");
    lost_ = false;
    now_watching();
}

asio::awaitable<void> Gate::create(engine::Engine& engine, const GatePlan& plan, const Steps& steps) {
    const std::string image = co_await supply_.image.ensure(engine);
    std::string network = plan.network;
    if (plan.own_uplink) network = co_await supply_.uplink.ensure(engine);
    steps.check();
    auto spec = std::make_shared<const nlohmann::json>(gate_spec(plan, image, network));
    container_ = co_await engine.create_container(plan.container_name, std::move(spec));
    steps.created(container_);
    for (const auto& name : plan.external_networks) co_await engine.connect_network(name, container_);
    if (!plan.external_networks.empty()) siblings_.emplace(plan.external_networks, container_);
}

asio::awaitable<wire::Ready> Gate::wait_ready(engine::Engine& engine, pid_t pid) {
    const auto deadline = std::chrono::steady_clock::now() + ready_limit;
    for (;;) {
        try {
            if (pid != 0) co_return co_await link_.wait_ready(pid, ready_slice);
        } catch (const Error& error) {
            if (error.kind() == ErrorKind::cancelled || std::chrono::steady_clock::now() >= deadline) throw;
        }
        const auto state = co_await engine.inspect_container(container_);
        if (state && state->running && pid != 0) continue;
        const std::string output = co_await engine.container_output(container_);
        throw Error("isag-gate ended as it started" + (output.empty() ? "" : ": " + escape_controls(output)));
    }
}

asio::awaitable<void> Gate::configure(engine::Engine& engine, wire::Configure settings) {
    if (siblings_) settings.siblings = co_await siblings_->look(engine);
    settings_ = settings;
    co_await link_.configure(std::move(settings));
}

void Gate::adopt(const std::optional<engine::ContainerState>& container, std::vector<std::string> external_networks) {
    supply_.uplink.adopt();
    if (!container || !container->running) return set_lost(true);
    container_ = container->id;
    if (!external_networks.empty()) siblings_.emplace(std::move(external_networks), container_);
    link_.expect(static_cast<pid_t>(container->pid));
    now_watching();
    catching_up_ = true;
    tasks_.spawn(catch_up());
}

asio::awaitable<void> Gate::catch_up() {
    try {
        events_.take_totals(co_await link_.totals());
    } catch (const std::exception& error) {  // it is of an earlier version, hangs, or is let go of
        spdlog::debug("sandbox {}: what its gate told before is not known: {}", sandbox_, error.what());
        if (!link_.connected()) set_lost(true);
    }
    catching_up_ = false;
    caught_up_.notify();
}

asio::awaitable<void> Gate::wait_caught_up(std::chrono::steady_clock::time_point then) {
    bool in_time = true;  // without a local before the loop g++ 12 lays the coroutine's frame out wrongly
    while (in_time && catching_up_) in_time = co_await caught_up_.wait_until(then);
}

void Gate::now_watching() {
    started_ = true;
    tasks_.spawn(watch_answers());
    if (siblings_) tasks_.spawn(watch_siblings());
}

// True once it is over, false where let_go() came first.
asio::awaitable<bool> Gate::pause(std::chrono::milliseconds time) {
    co_await stop_.wait_until(std::chrono::steady_clock::now() + time);
    co_return !stopping_;
}

// A gate that is paused or hangs keeps its connection.
asio::awaitable<void> Gate::watch_answers() {
    while (co_await pause(between_looks)) {
        if (!link_.connected()) continue;
        const bool answers = co_await link_.answers();
        if (!answers)
            set_lost(true);
        else if (lost_ && unconfigured_)
            tasks_.spawn(configure_again());
        else if (lost_ && link_.connected())
            set_lost(false);
    }
}

asio::awaitable<void> Gate::watch_siblings() {
    std::vector<wire::Sibling> told = settings_ ? settings_->siblings : std::vector<wire::Sibling>();
    const auto same = [](const wire::Sibling& a, const wire::Sibling& b) {
        return a.name == b.name && a.addresses == b.addresses;
    };
    do {
        try {
            const auto open = co_await supply_.engine.get();
            auto now = co_await siblings_->look(*open.engine);
            if (!link_.connected() || std::equal(now.begin(), now.end(), told.begin(), told.end(), same)) continue;
            told = now;
            if (settings_) settings_->siblings = now;
            link_.tell_siblings({std::move(now)});
        } catch (const Error& error) {
            spdlog::debug("sandbox {}: its networks can't be looked at: {}", sandbox_, error.message());
        }
    } while (co_await pause(between_looks));
}

void Gate::set_lost(bool lost) {
    if (lost_ == lost || stopping_) return;
    lost_ = lost;
    if (!started_ || ending_) return;
    events_.tell(event_of(lost));
    if (lost)
        spdlog::warn("sandbox {}: its gate does not answer, nothing is let through", sandbox_);
    else
        spdlog::info("sandbox {}: its gate answers again", sandbox_);
}

asio::awaitable<void> Gate::let_go() {
    stopping_ = true;
    stop_.notify();
    link_.stop();
    tasks_.cancel();
    co_await tasks_.join();
    use_.reset();
}

}  // namespace isag::firewall
