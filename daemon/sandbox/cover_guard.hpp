// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "common/unique_fd.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/firewall/gate_image.hpp"
#include "daemon/sandbox/cover_container.hpp"
#include "daemon/sandbox/covers.hpp"
#include "daemon/sandbox/mount_watch.hpp"
#include "daemon/sandbox/record.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// Keeps in place what hides and protects (security.md F3). Where the host replaces or removes what a mount lies on, as
// editors and git do, the kernel takes the mount away. The sandbox is paused then (cgroups(7), freezer), and goes on
// once everything is covered again, or once a person lets it go on without.
class CoverGuard {
public:
    struct Hooks {
        std::function<void()> save;  // the record has changed
        // It was paused for the loss of that path's cover; with what keeps it from going on, once that is so.
        std::function<void(const std::string& path, const std::string& obstacle)> paused;
        // It goes on, those paths being left uncovered.
        std::function<void(const std::string& path, const std::vector<std::string>& uncovered)> unpaused;
        std::function<void()> failed;  // it can't be paused, and was killed
    };
    struct Means {
        engine::EngineHolder& engine;
        firewall::GateImage& image;
        std::filesystem::path program;  // isag-cover, on the host
        EmptySources empty;
    };

    // Of the sandbox of that record, which outlives it, and where it keeps what the next isagd has to know.
    CoverGuard(boost::asio::any_io_executor executor, Means means, Record& record, Hooks hooks);

    // Opens the list of the sandbox's mounts, `pid` being its first process; where that shows itself to nobody, it may
    // fail. Throws Error.
    void open(pid_t pid);
    // Watches from now on. Where nothing is open, everything counts as lost.
    void start();
    bool is_paused() const { return record_.covers && record_.covers->paused; }
    // The path whose cover was lost last, and what keeps it from being covered again; empty: nothing, or it was not
    // tried yet.
    const std::string& path() const { return record_.covers->path; }
    const std::string& obstacle() const { return obstacle_; }
    // It goes on as it is: the paths that are not, or not safely covered then. None where it is not paused.
    std::vector<std::string> go_on_without();
    // Ends all work, leaving everything as it is.
    boost::asio::awaitable<void> let_go();

private:
    boost::asio::awaitable<void> watch();
    boost::asio::awaitable<void> try_step();
    boost::asio::awaitable<void> step();
    boost::asio::awaitable<void> pause_container();
    boost::asio::awaitable<void> halt();
    boost::asio::awaitable<void> pause();
    boost::asio::awaitable<void> unpause();
    boost::asio::awaitable<void> cover(std::vector<Covered> lost);
    boost::asio::awaitable<void> breathe();
    boost::asio::awaitable<std::optional<std::string>> lay(std::vector<Covered> lost);
    boost::asio::awaitable<CoverContainer> container_for(engine::OpenEngine open, std::vector<Covered> lost);
    boost::asio::awaitable<void> wait_for_news(std::string state);
    void meet(const std::string& obstacle);
    void fail(const std::string& why);

    Means means_;
    Record& record_;
    Hooks hooks_;
    pid_t pid_ = 0;
    UniqueFd process_;  // pidfd_open(2) of that
    std::string obstacle_;
    std::chrono::steady_clock::time_point paused_at_;
    bool is_halted_ = false;  // as far as we know
    int wishes_ = 0;
    int tries_ = 0;    // since it was paused
    int breaths_ = 0;  // likewise
    bool failed_ = false;
    bool leaving_ = false;
    Event changed_;  // something on the host, or by a person's wish
    MountWatch mounts_;
    TaskGroup tasks_;
};

}  // namespace isag::sandbox
