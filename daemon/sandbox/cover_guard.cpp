// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/cover_guard.hpp"
#include "common/escape.hpp"
#include "common/log_error.hpp"
#include "daemon/sandbox/cover_container.hpp"
#include <algorithm>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <chrono>
#include <iterator>
#include <spdlog/spdlog.h>
#include <sys/stat.h>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_looks{200};  // at what is to be covered, where it can't be yet
constexpr int most_doublings = 6;
constexpr std::chrono::milliseconds first_breath{20};  // the next ones twice as long each
constexpr int most_breaths = 5;

// Changes as soon as covering it may end otherwise than it last did.
std::string state_of(const std::vector<Covered>& covered) {
    std::string out;
    for (const auto& one : covered) {
        struct stat info {};
        if (::lstat(one.host.c_str(), &info) == 0)
            out += std::to_string(info.st_ino) + "." + std::to_string(info.st_ctim.tv_sec) + "." +
                   std::to_string(info.st_ctim.tv_nsec);
        out += "\n";
    }
    return out;
}

bool is_gone(const Covered& covered) {
    struct stat info {};
    return ::lstat(covered.host.c_str(), &info) != 0;
}

}  // namespace

CoverGuard::CoverGuard(asio::any_io_executor executor, Means means, Record& record, Hooks hooks)
    : means_(std::move(means)),
      record_(record),
      hooks_(std::move(hooks)),
      mounts_(executor, changed_),
      tasks_(executor, log_unless_cancelled) {}

void CoverGuard::start() {
    if (!record_.covers || record_.covers->covered.empty()) return;
    mounts_.start();
    tasks_.spawn(watch());
}

asio::awaitable<void> CoverGuard::let_go() {
    tasks_.cancel();
    co_await tasks_.join();
    co_await mounts_.let_go();
}

asio::awaitable<void> CoverGuard::watch() {
    asio::steady_timer rest(co_await asio::this_coro::executor);
    if (is_paused()) co_await halt();  // an isagd that was killed may have let it breathe
    while (is_paused() || !record_.covers->covered.empty()) {
        try {
            co_await step();
            continue;
        } catch (const Error& error) {
            means_.engine.forget();
            spdlog::warn("sandbox {}: {}", record_.name, error.message());
        }
        rest.expires_after(between_looks);
        co_await rest.async_wait(asio::use_awaitable);
    }
}

// Nothing is awaited between a look and the wait for a change.
asio::awaitable<void> CoverGuard::step() {
    const bool are_watched = is_paused() || mounts_.note_places(record_.covers->covered);
    auto lost = mounts_.missing(record_.covers->covered);
    const auto& held = record_.covers->held;
    if (!lost.empty() || !held.empty()) {
        path_ = lost.empty() ? held.front().host : lost.front().host;
        if (!is_paused()) co_await pause();
        co_await cover(std::move(lost));
    } else if (is_paused()) {
        co_await unpause();
    } else {
        co_await changed_.wait_until(are_watched ? Clock::time_point::max() : Clock::now() + between_looks);
    }
}

asio::awaitable<void> CoverGuard::halt() {
    std::optional<Error> failure;
    try {
        const auto open = co_await means_.engine.get();
        co_await open.engine->pause_container(record_.container);
        co_return;
    } catch (const Error& error) {
        failure = error.within("the sandbox can't be paused");
    }
    meet(failure->message());
    hooks_.failed();
}

asio::awaitable<void> CoverGuard::pause() {
    tries_ = breaths_ = 0;
    obstacle_.clear();
    co_await halt();
    record_.covers->paused = true;
    hooks_.save();
    if (obstacle_.empty()) hooks_.paused(path_, {});
}

asio::awaitable<void> CoverGuard::unpause() {
    const auto open = co_await means_.engine.get();
    co_await open.engine->unpause_container(record_.container);
    record_.covers->paused = false;  // not before: the next isagd lets it go on where we are killed in between
    hooks_.save();
    obstacle_.clear();
    hooks_.unpaused(path_);
}

std::vector<std::string> CoverGuard::go_on_without() {
    std::vector<std::string> paths;
    if (!is_paused()) return paths;
    auto& covers = *record_.covers;
    for (const auto& held : std::exchange(covers.held, {})) paths.push_back(held.host);
    for (const auto& lost : mounts_.missing(covers.covered)) {
        paths.push_back(lost.host);
        std::erase(covers.covered, lost);
    }
    hooks_.save();
    changed_.notify();
    return paths;
}

void CoverGuard::meet(const std::string& obstacle) {
    if (std::exchange(obstacle_, obstacle) != obstacle) hooks_.paused(path_, obstacle);
}

// One try, and where that fails a wait for what may let another one succeed.
asio::awaitable<void> CoverGuard::cover(std::vector<Covered> lost) {
    auto& held = record_.covers->held;
    std::vector<Covered> all = lost;
    std::transform(held.begin(), held.end(), std::back_inserter(all), to_check);
    std::string state = state_of(all);
    const auto gone = std::find_if(lost.begin(), lost.end(), is_gone);
    try {
        if (!mounts_.is_open()) throw Error("its mounts can't be seen");
        if (gone != lost.end()) throw Error(escape_controls(gone->host) + " is gone");
        const auto open = co_await means_.engine.get();
        const auto holder = co_await lay(*open.engine, all);
        if (!holder) {
            held.clear();
            co_return;
        }
        for (auto& one : read_only_among(lost)) held.push_back(std::move(one));
        hooks_.save();
        if (breaths_ < most_breaths) co_return co_await breathe(*open.engine);
        throw Error(*holder);
    } catch (const Error& error) {
        meet(error.message());
    }
    co_await wait_for_news(std::move(all), std::move(state));
}

// A program that was about to read what was replaced closes it again. One that means to write it has had it before the
// sandbox was paused, too.
asio::awaitable<void> CoverGuard::breathe(engine::Engine& engine) {
    co_await engine.unpause_container(record_.container);
    asio::steady_timer breath(co_await asio::this_coro::executor);
    breath.expires_after(first_breath * (1 << breaths_++));
    co_await breath.async_wait(asio::use_awaitable);
    co_await halt();
}

asio::awaitable<std::optional<std::string>> CoverGuard::lay(engine::Engine& engine, std::vector<Covered> all) {
    auto image = co_await means_.image.ensure(engine);
    const auto identity = record_.identity();
    CoverContainer container{.image = std::move(image),
                             .agent = record_.container,
                             .name = identity.container_name() + "-cover-" + random_hex(6),
                             .identity = identity,
                             .program = means_.program,
                             .empty = means_.empty,
                             .covered = std::move(all)};
    co_return co_await run_cover(engine, std::move(container));
}

// Of what lies there, or of the person; or of the engine, which is asked again after a second, two, four, ….
asio::awaitable<void> CoverGuard::wait_for_news(std::vector<Covered> all, std::string state) {
    const auto again = Clock::now() + std::chrono::seconds(1) * (1 << std::min(tries_++, most_doublings));
    bool asked = false;
    while (!asked && state_of(all) == state && Clock::now() < again)
        asked = co_await changed_.wait_until(Clock::now() + between_looks);
}

}  // namespace isag::sandbox
