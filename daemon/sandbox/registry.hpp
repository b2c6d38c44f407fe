// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/task_group.hpp"
#include "common/turns.hpp"
#include "daemon/sandbox/sandbox.hpp"
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace isag::sandbox {

// All sandboxes of this daemon. It gives them their names, and removes what has ended.
class Registry {
public:
    Registry(boost::asio::any_io_executor executor, Host host);

    // Takes over what an earlier daemon left: load() reads the records, adopt() asks the engine what became of each, as
    // soon as there is one. Sandboxes that still run go on, remains of others are removed.
    void load();
    boost::asio::awaitable<void> adopt();
    // Until adopt() is through, or the limit: the engine may not come.
    boost::asio::awaitable<void> wait_taken_over(std::chrono::seconds limit);
    // The same within 5 s, and until each sandbox has told what happened before (Sandbox::wait_caught_up()).
    boost::asio::awaitable<void> wait_adopted();

    // A new sandbox with the wanted name, or, where that is taken and nobody insists on it, wanted-2, wanted-3, …
    // Throws Error where the name is taken. From here on it is removed by itself once it has ended.
    std::shared_ptr<Sandbox> create(const std::string& wanted, bool insist, Record record);

    // Sandbox::start(), which goes on to an end of its own where the caller is cancelled: abandon() then ends it.
    boost::asio::awaitable<SpawnedProcess> start(std::shared_ptr<Sandbox> sandbox, Plan plan,
                                                 std::vector<SurveyedMount> sources);

    // Those that have not ended, by name.
    std::vector<std::shared_ptr<Sandbox>> list() const;
    // Of that id, ended or not; none.
    std::shared_ptr<Sandbox> with_id(const std::string& id) const;
    // Of exactly that name, not ended; none.
    std::shared_ptr<Sandbox> named(const std::string& name) const;
    // The only one whose name begins so, not ended; none. Throws Error (usage): several.
    std::shared_ptr<Sandbox> with_prefix(const std::string& prefix) const;

    // SIGTERM, SIGKILL after the limit; returns when everything of it is gone, or throws after another 30 s.
    boost::asio::awaitable<void> stop(std::shared_ptr<Sandbox> sandbox, std::chrono::seconds limit);
    // Until what has ended is gone. Throws Error after 30 s.
    boost::asio::awaitable<void> settle();

    // The network that gates use, where none does any more. No error where the engine is away.
    boost::asio::awaitable<void> remove_uplink();

    // Containers that an isagd which was killed left of its look at a base image. Asks the engine the first time only.
    boost::asio::awaitable<void> remove_strays();

    // The client that a sandbox belonged to is gone: it is stopped in the background.
    void abandon(std::shared_ptr<Sandbox> sandbox);
    // isagd ends: from here on the sandboxes that run are left to the next one, whatever their clients do. To be called
    // before the clients are dropped.
    void leave_running() { leaving_ = true; }
    bool leaving() const { return leaving_; }
    // Removes what is ending already, for 5 s at most; lets go of the others, and joins every task.
    boost::asio::awaitable<void> shutdown();

    Host& host() { return host_; }

private:
    struct Start;
    boost::asio::awaitable<void> start_task(std::shared_ptr<Sandbox> sandbox, std::shared_ptr<Start> start);
    void keep(std::shared_ptr<Sandbox> sandbox);
    boost::asio::awaitable<void> live(std::shared_ptr<Sandbox> sandbox);
    boost::asio::awaitable<void> wait_for_engine();
    boost::asio::awaitable<void> adopt_one(std::shared_ptr<Sandbox> sandbox);
    boost::asio::awaitable<void> expect_client(std::shared_ptr<Sandbox> sandbox);
    boost::asio::awaitable<void> abandon_task(std::shared_ptr<Sandbox> sandbox);
    boost::asio::awaitable<void> finish_endings();
    boost::asio::awaitable<void> remove_idle_uplink();
    void remove_stray_folders() const;
    std::string free_name(const std::string& wanted, bool insist) const;

    boost::asio::any_io_executor executor_;
    Host host_;
    std::map<std::string, std::shared_ptr<Sandbox>> sandboxes_;  // by id
    std::vector<std::shared_ptr<Sandbox>> unsettled_;            // loaded, and not yet looked for in the engine
    const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
    Event changed_;
    boost::asio::steady_timer idle_;  // runs since the last sandbox was gone
    bool leaving_ = false;
    bool closing_ = false;
    bool strays_removed_ = false;
    Turns turns_;  // to start
    TaskGroup tasks_;
};

}  // namespace isag::sandbox
