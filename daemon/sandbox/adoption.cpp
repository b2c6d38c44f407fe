// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/registry.hpp"
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <spdlog/spdlog.h>

// What an earlier isagd left.
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds engine_carries_on{2};  // with what an isagd that was killed had asked of it
constexpr std::chrono::seconds engine_limit{5};       // for commands that it would hold up
constexpr std::chrono::seconds client_limit{15};      // for the client of an earlier isagd to come back

bool is_half_made(const Record& record) { return record.main == 0; }

}  // namespace

void Registry::load() {
    for (auto& record : host_.records.load()) {
        try {
            auto sandbox = std::make_shared<Sandbox>(executor_, host_, record);
            unsettled_.insert(is_half_made(record) ? unsettled_.begin() : unsettled_.end(), sandbox);  // looked at last
            keep(std::move(sandbox));
        } catch (const std::exception& error) {  // the others, and new ones, don't depend on it
            spdlog::error("sandbox {} can't be taken over: {}", record.name, error.what());
        }
    }
    remove_stray_folders();
    std::vector<std::string> ids;
    for (const auto& [id, sandbox] : sandboxes_) ids.push_back(id);
    host_.finished.remove_stray_logs(ids);
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
    // An earlier isagd may have been killed before it removed the gates' network.
    if (sandboxes_.empty() && !host_.finished.list().empty()) tasks_.spawn(remove_idle_uplink());
    changed_.notify();
}

asio::awaitable<void> Registry::wait_taken_over(std::chrono::seconds limit) {
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!unsettled_.empty())
        if (!co_await changed_.wait_until(deadline)) co_return;
}

asio::awaitable<void> Registry::wait_adopted() {
    co_await wait_taken_over(engine_limit);
    const auto sandboxes = list();
    for (const auto& sandbox : sandboxes) co_await sandbox->wait_caught_up();
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
    if (is_half_made(record)) {  // what was being created for it would come after we looked
        asio::steady_timer pause(executor_, began_ + engine_carries_on);
        co_await pause.async_wait(asio::use_awaitable);
    }
    const auto open = co_await host_.engine.get();
    std::optional<engine::ContainerState> state;
    if (!record.container.empty()) state = co_await open.engine->inspect_container(record.container);
    std::optional<engine::ContainerState> gate;
    if (record.gate) gate = co_await open.engine->inspect_container(record.gate->container);
    if (gate && gate->labels["isag.nonce"] != record.nonce) gate.reset();
    const bool ours = state && state->labels["isag.nonce"] == record.nonce;
    if (host_.taken_over && !is_half_made(record)) host_.taken_over(sandbox);
    if (const auto known = host_.finished.with_id(record.id)) {
        spdlog::info("sandbox {} had ended, and is removed", record.name);
        co_await sandbox->found_ended(known->exit(), gate);
    } else if (ours && state->running && !is_half_made(record)) {
        spdlog::info("sandbox {} runs on", record.name);
        sandbox->adopt(*state, gate);
        if (record.session && !record.has_terminal()) tasks_.spawn(expect_client(sandbox));
    } else if (is_half_made(record)) {
        spdlog::info("sandbox {} was left half-made, and is removed", record.name);
        sandbox->give_up();
    } else {
        spdlog::info("sandbox {} has ended", record.name);
        const ExitStatus status{.code = ours ? static_cast<int>(state->exit_code) : 128 + SIGKILL, .signal = {}};
        co_await sandbox->found_ended(status, gate);
    }
}

// Connected by pipes it ends with its client, which comes back at once where it lives.
asio::awaitable<void> Registry::expect_client(std::shared_ptr<Sandbox> sandbox) {
    asio::steady_timer pause(executor_, client_limit);
    co_await pause.async_wait(asio::use_awaitable);
    if (!sandbox->claimed()) abandon(std::move(sandbox));
}

void Registry::remove_stray_folders() const {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(host_.directories.runtime / "sandboxes", error))
        if (!sandboxes_.contains(entry.path().filename().string())) fs::remove_all(entry.path(), error);
}

}  // namespace isag::sandbox
