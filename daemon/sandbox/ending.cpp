// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/sandbox.hpp"
#include <algorithm>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>

// How a sandbox ends, and what is removed then.
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

constexpr std::chrono::seconds drain_limit{1};  // a viewer may be slow, and a process that can't be killed hold it open

}  // namespace

void Sandbox::end(ExitStatus status, std::chrono::seconds age) {
    if (status_ == Status::ended) return;
    status_ = Status::ended;
    exit_ = status;
    ended_at_ = std::chrono::system_clock::now() - age;
    // In the same step in which it ceases to run: at every moment a command finds it either running or finished.
    const bool is_news =
        record_.main != 0 && !host_.finished.with_id(record_.id);  // an earlier isagd may have noted it
    if (is_news) host_.finished.add(record_, exit_, ended_at_);
    to_publish_.clear();
    published_.close();  // what is open gets what is still under way
    ended_.notify();
    ended_processes_.give_up();
    if (is_news && host_.ended) host_.ended(record_, exit_);
}

asio::awaitable<void> Sandbox::wait_ended() {
    while (status_ != Status::ended) co_await ended_.wait();
}

asio::awaitable<void> Sandbox::stop(std::chrono::seconds limit) {
    stop_asked_ = true;
    if (status_ == Status::starting && !start_called_) give_up();  // nobody else would
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const auto lost = lost_cover();
    if (lost && !lost->obstacle.empty()) end({.code = {}, .signal = SIGKILL});  // it would hear nothing
    if (status_ == Status::running) {
        link_.kill(record_.main, SIGTERM);
        while (status_ == Status::running)
            if (!co_await ended_.wait_until(deadline)) end({.code = {}, .signal = SIGKILL});
    }
    co_await wait_ended();
}

asio::awaitable<void> Sandbox::remove_containers(engine::Engine& engine) {
    // By label and nonce, not only by the id that was noted: the engine may have created it after we were killed.
    auto containers = co_await engine.list_containers("isag.sandbox=" + record_.id);
    // Podman keeps a container whose network or processes another one is in.
    const auto order = [](const engine::ContainerState& container) {
        const auto role = container.labels.find("isag.role");
        return role == container.labels.end() || role->second == "agent" ? 1 : role->second == "gate" ? 2 : 0;
    };
    std::stable_sort(containers.begin(), containers.end(),
                     [&](const auto& a, const auto& b) { return order(a) < order(b); });
    for (const auto& container : containers) {
        const auto nonce = container.labels.find("isag.nonce");
        if (nonce == container.labels.end() || nonce->second != record_.nonce) continue;
        const bool is_gone = co_await engine.remove_container(container.id);
        // By an isagd that was killed in the middle of it, say; the network is in use until then.
        if (!is_gone) co_await engine.wait_removed(container.id);
    }
}

asio::awaitable<void> Sandbox::let_go() {
    co_await published_.end();
    co_await guard_.let_go();
    co_await gate_.let_go();
    link_.stop();
    if (terminal_) {
        if (status_ == Status::ended) terminal_->end();
        co_await terminal_->let_go();
    }
    tasks_.cancel();
    co_await tasks_.join();
}

// It stays with the terminal until what was printed last is in our log: the next isagd reads it where we are killed.
asio::awaitable<void> Sandbox::dismiss_init() {
    if (terminal_) co_await terminal_->wait_ended(drain_limit);
    link_.taken(record_.main);
}

asio::awaitable<void> Sandbox::remove() {
    gate_.expect_end();
    co_await guard_.let_go();  // it makes no container any more
    if (init_waits_) co_await dismiss_init();
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
