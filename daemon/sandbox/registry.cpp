// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/registry.hpp"
#include "common/log_error.hpp"
#include <algorithm>
#include <boost/asio/redirect_error.hpp>
#include <csignal>
#include <spdlog/spdlog.h>

namespace asio = boost::asio;
namespace fs = std::filesystem;
using boost::system::error_code;

namespace isag::sandbox {
namespace {

constexpr auto never = asio::steady_timer::time_point::max();
constexpr std::chrono::seconds removal_limit{30};
constexpr std::chrono::seconds adoption_limit{3};
constexpr std::chrono::seconds hang_up_limit{5};
constexpr std::chrono::seconds leaving_limit{5};

}  // namespace

Registry::Registry(asio::any_io_executor executor, Host host)
    : executor_(executor), host_(std::move(host)), tasks_(executor, log_unless_cancelled) {}

void Registry::load() {
    for (auto& record : host_.records.load()) {
        try {
            auto sandbox = std::make_shared<Sandbox>(executor_, host_, record);
            unsettled_.push_back(sandbox);
            keep(std::move(sandbox));
        } catch (const std::exception& error) {  // the others, and new ones, don't depend on it
            spdlog::error("sandbox {} can't be taken over: {}", record.name, error.what());
        }
    }
    remove_stray_folders();
}

asio::awaitable<void> Registry::adopt() {
    while (!unsettled_.empty()) {
        co_await wait_for_engine();
        try {
            co_await adopt_one(unsettled_.back());
            unsettled_.pop_back();
        } catch (const Error& error) {  // the engine went away again
            spdlog::warn("sandbox {} waits for the engine: {}", unsettled_.back()->record().name, error.message());
            host_.engine.forget();
        }
    }
    changed_.notify();
}

asio::awaitable<void> Registry::wait_adopted() {
    const auto deadline = std::chrono::steady_clock::now() + adoption_limit;
    while (!unsettled_.empty())
        if (!co_await changed_.wait_until(deadline)) co_return;
}

// At a machine's start the engine may come later than we do.
asio::awaitable<void> Registry::wait_for_engine() {
    asio::steady_timer pause(executor_);
    for (bool told = false;; told = true) {
        try {
            co_await host_.engine.get();
            co_return;
        } catch (const Error& error) {
            if (!told) spdlog::warn("sandboxes of an earlier isagd wait for the engine: {}", error.message());
        }
        pause.expires_after(std::chrono::seconds(1));
        co_await pause.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> Registry::adopt_one(std::shared_ptr<Sandbox> sandbox) {
    const Record& record = sandbox->record();
    const auto open = co_await host_.engine.get();
    std::optional<engine::ContainerState> state;
    if (!record.container.empty()) state = co_await open.engine->inspect_container(record.container);
    const bool ours = state && state->labels["isag.nonce"] == record.nonce;
    if (ours && state->running && record.main != 0) {
        spdlog::info("sandbox {} runs on", record.name);
        sandbox->adopt(*state);
    } else {
        spdlog::info("sandbox {} is removed: it was left half-made or has ended", record.name);
        sandbox->give_up();
    }
}

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

void Registry::remove_stray_folders() const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(host_.directories.runtime / "sandboxes", error))
        if (!sandboxes_.contains(entry.path().filename().string())) fs::remove_all(entry.path(), error);
}

std::string Registry::free_name(const std::string& wanted, bool insist) const {
    const auto taken = [&](const std::string& name) {
        const auto all = list();
        return std::any_of(all.begin(), all.end(), [&](const auto& other) { return other->record().name == name; });
    };
    if (!taken(wanted)) return wanted;
    if (insist) throw Error("a sandbox named " + wanted + " is running", "stop it, or choose another --name");
    for (int number = 2;; ++number) {
        const std::string name = wanted + "-" + std::to_string(number);
        if (!taken(name)) return name;
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
    changed_.notify();
}

std::vector<std::shared_ptr<Sandbox>> Registry::list() const {
    std::vector<std::shared_ptr<Sandbox>> out;
    for (const auto& [id, sandbox] : sandboxes_)
        if (sandbox->status() != Sandbox::Status::ended) out.push_back(sandbox);
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a->record().name < b->record().name; });
    return out;
}

std::shared_ptr<Sandbox> Registry::find(const std::string& wanted) const {
    std::vector<std::shared_ptr<Sandbox>> matches;
    std::string names;
    for (const auto& sandbox : list()) {
        if (sandbox->record().name == wanted) return sandbox;
        if (!sandbox->record().name.starts_with(wanted)) continue;
        matches.push_back(sandbox);
        names += " " + sandbox->record().name;
    }
    if (matches.empty()) throw Error("no sandbox is named " + wanted, "isag ps lists those that run");
    if (matches.size() > 1) throw Error(wanted + " fits several sandboxes:" + names, "name one of them");
    return matches.front();
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
    for (const auto& [id, sandbox] : sandboxes_) co_await sandbox->let_go();  // nothing is erased any more
    tasks_.cancel();
    co_await tasks_.join();
    sandboxes_.clear();
}

}  // namespace isag::sandbox
