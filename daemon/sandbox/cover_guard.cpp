// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/cover_guard.hpp"
#include "common/deadline.hpp"
#include "common/escape.hpp"
#include "common/log_error.hpp"
#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace asio = boost::asio;

namespace isag::sandbox {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds between_looks{200};  // at what is to be covered, where it can't be yet
constexpr int most_doublings = 6;
constexpr std::chrono::milliseconds first_breath{20};  // the next ones twice as long each
constexpr int most_breaths = 5;
constexpr std::chrono::seconds between_polls{1};  // where all that may change is watched
constexpr std::chrono::seconds pause_limit{10};
constexpr std::chrono::milliseconds moment{700};  // in which what is gone may come back

void add_new(std::vector<Covered>& to, const std::vector<Covered>& more) {
    for (const auto& one : more)
        if (std::find(to.begin(), to.end(), one) == to.end()) to.push_back(one);
}

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

void CoverGuard::open(pid_t pid) {
    process_.reset(static_cast<int>(::syscall(SYS_pidfd_open, pid, 0)));
    if (!process_) throw errno_error("cannot watch the sandbox's process", errno);
    pid_ = pid;
    mounts_.open(pid);
}

void CoverGuard::start() {
    if (!record_.covers || record_.covers->covered.empty()) return;
    mounts_.start();
    tasks_.spawn(watch());
}

asio::awaitable<void> CoverGuard::let_go() {
    leaving_ = true;
    changed_.notify();
    tasks_.cancel();
    co_await tasks_.join();
    co_await mounts_.let_go();
}

asio::awaitable<void> CoverGuard::watch() {
    try {
        if (is_paused()) co_await halt();  // an isagd that was killed may have let it breathe
        while (!leaving_ && !failed_ && (is_paused() || !record_.covers->covered.empty())) co_await try_step();
    } catch (const std::exception& error) {
        if (leaving_) throw;
        fail(error.what());
    }
}

asio::awaitable<void> CoverGuard::try_step() {
    try {
        co_return co_await step();
    } catch (const Error& error) {
        means_.engine.forget();
        spdlog::warn("sandbox {}: {}", record_.name, error.message());
    }
    co_await changed_.wait_until(Clock::now() + between_looks);
}

// Nothing is awaited between a look and the wait for a change.
asio::awaitable<void> CoverGuard::step() {
    const auto& covers = *record_.covers;
    const bool are_watched = is_paused() || mounts_.note_places(covers.covered);
    auto lost = mounts_.missing(covers.covered);
    if (!lost.empty() || !covers.unchecked.empty()) {
        record_.covers->path = lost.empty() ? covers.unchecked.front().host : lost.front().host;
        if (!is_paused()) co_return co_await pause();
        co_await cover(std::move(lost));
    } else if (is_paused()) {
        co_await unpause();
    } else {
        co_await changed_.wait_until(Clock::now() + (are_watched ? between_polls : between_looks));
    }
}

asio::awaitable<void> CoverGuard::pause_container() {
    const auto open = co_await means_.engine.get();
    co_await open.engine->pause_container(record_.container);
}

asio::awaitable<void> CoverGuard::halt() {
    try {
        co_await with_deadline(pause_container(), pause_limit, "pausing it");
        is_halted_ = true;
    } catch (const Error& error) {
        fail(error.within("the sandbox can't be paused").message());
    }
}

// It has lost what hides or protects, and would go on.
void CoverGuard::fail(const std::string& why) {
    failed_ = true;
    meet(why);
    if (process_) ::syscall(SYS_pidfd_send_signal, process_.get(), SIGKILL, nullptr, 0);
    hooks_.failed();
}

// It is noted before: where we are killed in between, the next isagd lets it go on.
asio::awaitable<void> CoverGuard::pause() {
    tries_ = breaths_ = 0;
    obstacle_.clear();
    paused_at_ = Clock::now();
    record_.covers->paused = true;
    hooks_.save();
    co_await halt();
    if (!failed_) hooks_.paused(path(), {});
}

asio::awaitable<void> CoverGuard::unpause() {
    const auto open = co_await means_.engine.get();
    is_halted_ = false;
    co_await open.engine->unpause_container(record_.container);
    const auto uncovered = std::exchange(record_.covers->uncovered, {});
    record_.covers->paused = false;  // not before, for the same reason
    hooks_.save();
    obstacle_.clear();
    hooks_.unpaused(path(), uncovered);
}

std::vector<std::string> CoverGuard::go_on_without() {
    if (!is_paused()) return {};
    auto& covers = *record_.covers;
    const auto lost = mounts_.missing(covers.covered);
    add_new(covers.unchecked, lost);
    for (const auto& one : std::exchange(covers.unchecked, {})) covers.uncovered.push_back(one.host);
    for (const auto& one : lost) std::erase(covers.covered, one);
    hooks_.save();
    ++wishes_;
    changed_.notify();
    return covers.uncovered;
}

void CoverGuard::meet(const std::string& obstacle) {
    if (std::exchange(obstacle_, obstacle) != obstacle) hooks_.paused(path(), obstacle);
}

// One try, and where that fails a wait for what may let another one succeed.
asio::awaitable<void> CoverGuard::cover(std::vector<Covered> lost) {
    auto& unchecked = record_.covers->unchecked;
    add_new(unchecked, lost);
    hooks_.save();
    const auto wishes = wishes_;
    std::string state = state_of(unchecked);
    try {
        if (!is_halted_ || tries_ > 0) co_await halt();  // somebody else may have let it go on
        if (failed_ || wishes != wishes_) co_return;
        const auto holder = co_await lay(lost);
        if (wishes != wishes_ || leaving_) co_return;
        if (!holder) {
            unchecked.clear();
            co_return;
        }
        if (breaths_ < most_breaths) co_return co_await breathe();
        meet(*holder);
    } catch (const Error& error) {
        if (Clock::now() >= paused_at_ + moment) meet(error.message());  // editors and git replace in two steps
    }
    co_await wait_for_news(std::move(state));
}

// A program that was about to read what was replaced closes it again. One that keeps it had it before, too.
asio::awaitable<void> CoverGuard::breathe() {
    const auto& covered = record_.covers->covered;
    mounts_.note_places(covered);
    if (!mounts_.missing(covered).empty()) co_return;
    const auto open = co_await means_.engine.get();
    const auto end = Clock::now() + first_breath * (1 << breaths_++);
    is_halted_ = false;
    std::exception_ptr failed;
    try {
        co_await open.engine->unpause_container(record_.container);
    } catch (const Error&) {
        failed = std::current_exception();
    }
    while (!failed && Clock::now() < end && mounts_.missing(covered).empty()) co_await changed_.wait_until(end);
    co_await halt();
    if (failed) std::rethrow_exception(failed);
}

// Who could go on as if it were not covered; none where nobody could. Throws Error where not all is covered. A call
// that were left hanging would leave a container.
asio::awaitable<std::optional<std::string>> CoverGuard::lay(std::vector<Covered> lost) {
    if (!mounts_.is_open()) throw Error("its mounts can't be seen");
    const auto gone = std::find_if(lost.begin(), lost.end(), is_gone);
    if (gone != lost.end()) throw Error(escape_controls(gone->host) + " is gone");
    std::optional<std::string> holder;
    std::exception_ptr failed;
    co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
    try {
        const auto open = co_await means_.engine.get();
        auto container = co_await container_for(open, std::move(lost));
        holder = co_await run_cover(*open.engine, std::move(container));
    } catch (...) {
        failed = std::current_exception();
    }
    co_await asio::this_coro::reset_cancellation_state(asio::enable_terminal_cancellation());
    if (failed) std::rethrow_exception(failed);
    co_return holder;
}

asio::awaitable<CoverContainer> CoverGuard::container_for(engine::OpenEngine open, std::vector<Covered> lost) {
    auto image = co_await means_.image.ensure(*open.engine);
    const auto identity = record_.identity();
    auto check = record_.covers->unchecked;
    for (const auto& one : lost) std::erase(check, one);  // they are checked, too
    co_return CoverContainer{.image = std::move(image),
                             .agent = record_.container,
                             .process = pid_,
                             .name = identity.container_name() + "-cover-" + random_hex(6),
                             .identity = identity,
                             .program = means_.program,
                             .empty = means_.empty,
                             .podman = open.info.podman,
                             .rootless = open.info.rootless,
                             .lay = std::move(lost),
                             .check = std::move(check)};
}

// Of what lies there, or of the person; or of the engine, which is asked again after a second, two, four, …. In the
// first moment it is looked at again and again.
asio::awaitable<void> CoverGuard::wait_for_news(std::string state) {
    const bool is_early = obstacle_.empty();
    const auto again = Clock::now() + (is_early ? Clock::duration(between_looks)
                                                : std::chrono::seconds(1) * (1 << std::min(tries_++, most_doublings)));
    const auto wishes = wishes_;
    while (!leaving_ && wishes == wishes_ && state_of(record_.covers->unchecked) == state && Clock::now() < again)
        co_await changed_.wait_until(Clock::now() + between_looks);
}

}  // namespace isag::sandbox
