// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/registry.hpp"
#include "common/deadline.hpp"
#include "common/log_error.hpp"
#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <csignal>
#include <spdlog/spdlog.h>
#include <thread>

namespace asio = boost::asio;
using boost::system::error_code;

namespace isag::sandbox {
namespace {

constexpr auto never = asio::steady_timer::time_point::max();
constexpr std::chrono::seconds removal_limit{30};
constexpr std::chrono::seconds hang_up_limit{5};
constexpr std::chrono::seconds leaving_limit{5};
constexpr std::chrono::seconds idle_limit{10};  // the next run may come soon, and making a network takes its time

// More only take the processor and the kernel's locks from each other, until the first of them are given up for dead.
std::size_t most_starting() { return std::max(2U, std::thread::hardware_concurrency()); }

}  // namespace

Registry::Registry(asio::any_io_executor executor, Host host)
    : executor_(executor),
      host_(std::move(host)),
      idle_(executor, never),
      turns_(most_starting()),
      tasks_(executor, log_unless_cancelled) {}

asio::awaitable<void> Registry::remove_strays() {
    if (std::exchange(strays_removed_, true)) co_return;
    const auto ours = host_.records.stray_labels();
    try {
        const auto open = co_await host_.engine.get();
        auto strays = co_await open.engine->list_containers("isag.owner=" + ours.at("isag.owner"));
        for (auto& stray : strays)
            if (stray.labels["isag.instance"] != ours.at("isag.instance"))
                co_await open.engine->remove_container(stray.id);
    } catch (const Error& error) {
        strays_removed_ = false;  // without an engine there is nothing to remove yet
        spdlog::debug("no strays removed: {}", error.message());
    }
}

asio::awaitable<void> Registry::remove_uplink() {
    try {
        const auto open = co_await host_.engine.get();
        auto removing = host_.gates.uplink.remove_unused(*open.engine);
        co_await with_deadline(std::move(removing), leaving_limit, "removing it");
    } catch (const Error& error) {
        spdlog::debug("the gates' network is not removed: {}", error.message());
    }
}

asio::awaitable<void> Registry::remove_idle_uplink() {
    idle_.expires_after(idle_limit);  // and ends the wait of an earlier one
    error_code ec;
    co_await idle_.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    if (!ec && sandboxes_.empty()) co_await remove_uplink();
}

std::string Registry::free_name(const std::string& wanted, bool insist) const {
    if (!named(wanted)) return wanted;
    if (insist) throw Error("a sandbox named " + wanted + " is running", "stop it, or choose another --name");
    for (int number = 2;; ++number) {
        const std::string name = wanted + "-" + std::to_string(number);
        if (!named(name)) return name;
    }
}

std::shared_ptr<Sandbox> Registry::create(const std::string& wanted, bool insist, Record record) {
    if (closing_) throw Error("isagd is stopping", "start it again");
    record.name = free_name(wanted, insist);
    record.id = random_hex(12);
    record.nonce = random_hex(32);
    host_.records.save(record);
    std::shared_ptr<Sandbox> sandbox;
    try {
        sandbox = std::make_shared<Sandbox>(executor_, host_, record);
    } catch (...) {
        host_.records.remove(record.id);
        throw;
    }
    keep(sandbox);
    return sandbox;
}

struct Registry::Start {
    Plan plan;
    std::vector<SurveyedMount> sources;
    std::optional<SpawnedProcess> main;
    std::exception_ptr failed;
    asio::steady_timer done;
};

asio::awaitable<void> Registry::start_task(std::shared_ptr<Sandbox> sandbox, std::shared_ptr<Start> start) {
    try {
        auto is_wanted = [&sandbox] { return sandbox->status() == Sandbox::Status::starting; };
        const auto turn = co_await turns_.take(std::move(is_wanted));
        start->main = co_await sandbox->start(std::move(start->plan), std::move(start->sources));
    } catch (...) {
        start->failed = std::current_exception();
    }
    start->done.cancel();
}

asio::awaitable<SpawnedProcess> Registry::start(std::shared_ptr<Sandbox> sandbox, Plan plan,
                                                std::vector<SurveyedMount> sources) {
    auto start = std::make_shared<Start>(Start{std::move(plan), std::move(sources), {}, {}, {executor_, never}});
    tasks_.spawn(start_task(std::move(sandbox), start));
    while (!start->main && !start->failed) {
        error_code ec;
        co_await start->done.async_wait(asio::redirect_error(asio::use_awaitable, ec));
    }
    if (start->failed) std::rethrow_exception(start->failed);
    co_return std::move(*start->main);
}

void Registry::keep(std::shared_ptr<Sandbox> sandbox) {
    sandboxes_[sandbox->record().id] = sandbox;
    tasks_.spawn(live(sandbox));
}

// Removes it after its end, as often as the engine needs asking.
asio::awaitable<void> Registry::live(std::shared_ptr<Sandbox> sandbox) {
    co_await sandbox->wait_ended();
    asio::steady_timer pause(executor_);
    for (int tries = 0; !closing_; ++tries) {
        try {
            co_await sandbox->remove();
            break;
        } catch (const Error& error) {
            if (tries == 0)
                spdlog::warn("sandbox {} can't be removed yet: {}", sandbox->record().name, error.message());
        }
        pause.expires_after(std::chrono::milliseconds(tries < 20 ? 100 : 2000));
        co_await pause.async_wait(asio::use_awaitable);
    }
    if (closing_) co_return;  // shutdown() lets go of it
    sandboxes_.erase(sandbox->record().id);
    if (sandboxes_.empty()) tasks_.spawn(remove_idle_uplink());
    turns_.look_again();
    changed_.notify();
}

std::vector<std::shared_ptr<Sandbox>> Registry::list() const {
    std::vector<std::shared_ptr<Sandbox>> out;
    for (const auto& [id, sandbox] : sandboxes_)
        if (sandbox->status() != Sandbox::Status::ended) out.push_back(sandbox);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a->record().name < b->record().name; });
    return out;
}

std::shared_ptr<Sandbox> Registry::with_id(const std::string& id) const {
    const auto found = sandboxes_.find(id);
    return found == sandboxes_.end() ? nullptr : found->second;
}

std::shared_ptr<Sandbox> Registry::named(const std::string& name) const {
    for (const auto& sandbox : list())
        if (sandbox->record().name == name) return sandbox;
    return nullptr;
}

std::shared_ptr<Sandbox> Registry::with_prefix(const std::string& prefix) const {
    std::vector<std::shared_ptr<Sandbox>> matches;
    std::string names;
    for (const auto& sandbox : list()) {
        if (!sandbox->record().name.starts_with(prefix)) continue;
        matches.push_back(sandbox);
        names += " " + sandbox->record().name;
    }
    if (matches.size() > 1) throw Error(prefix + " fits several sandboxes:" + names, "name one of them");
    return matches.empty() ? nullptr : matches.front();
}

asio::awaitable<void> Registry::stop(std::shared_ptr<Sandbox> sandbox, std::chrono::seconds limit) {
    co_await sandbox->stop(limit);
    const auto deadline = std::chrono::steady_clock::now() + removal_limit;
    while (sandboxes_.contains(sandbox->record().id))
        if (!co_await changed_.wait_until(deadline))
            throw Error("the engine does not remove the sandbox " + sandbox->record().name, "see isagd's log");
}

asio::awaitable<void> Registry::settle() {
    const auto all = sandboxes_;
    for (const auto& [id, sandbox] : all)
        if (sandbox->status() == Sandbox::Status::ended) co_await stop(sandbox, std::chrono::seconds(0));
}

void Registry::abandon(std::shared_ptr<Sandbox> sandbox) {
    if (closing_ || (leaving_ && sandbox->status() == Sandbox::Status::running)) return;
    tasks_.spawn(abandon_task(std::move(sandbox)));
}

asio::awaitable<void> Registry::abandon_task(std::shared_ptr<Sandbox> sandbox) {
    sandbox->signal_main(SIGHUP);
    co_await sandbox->stop(hang_up_limit);
}

asio::awaitable<void> Registry::finish_endings() {
    const auto deadline = std::chrono::steady_clock::now() + leaving_limit;
    const auto is_ending = [](const auto& entry) { return entry.second->ending(); };
    while (std::any_of(sandboxes_.begin(), sandboxes_.end(), is_ending))
        if (!co_await changed_.wait_until(deadline)) co_return;
}

asio::awaitable<void> Registry::shutdown() {
    co_await finish_endings();
    closing_ = true;
    if (sandboxes_.empty() && host_.gates.uplink.known()) co_await remove_uplink();
    for (const auto& [id, sandbox] : sandboxes_) co_await sandbox->let_go();  // nothing is erased any more
    tasks_.cancel();
    co_await tasks_.join();
    sandboxes_.clear();
}

}  // namespace isag::sandbox
