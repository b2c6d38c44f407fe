// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/sandbox/init_link.hpp"
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/record.hpp"
#include "daemon/sandbox/survey.hpp"
#include "proto/api.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace isag::sandbox {

// What every sandbox of this daemon shares.
struct Host {
    Directories directories;
    engine::EngineHolder& engine;
    RecordStore& records;
    std::filesystem::path init_program;
};

// The folder of one sandbox on the host: init's socket, and what masks are made of.
struct RunFolder {
    std::filesystem::path path;
    std::filesystem::path socket_folder() const { return path / "run"; }
    EmptySources empty() const { return {path / "empty-file", path / "empty-folder"}; }
};
RunFolder run_folder(const Directories& directories, const std::string& id);

// One sandbox from its name's reservation until nothing is left of it. Made and kept by Registry.
//
//   starting ──start()──> running ──main ended, stop(), container died──> ended ──remove()──> gone
class Sandbox {
public:
    enum class Status { starting, running, ended };
    using OnEnded = std::function<void(ExitStatus)>;

    Sandbox(boost::asio::any_io_executor executor, Host& host, Record record);

    // Creates the container, starts it, verifies it from outside, and starts the main command in it. Throws Error; the
    // sandbox has then ended. stop() makes it give up between its steps.
    boost::asio::awaitable<SpawnedProcess> start(Plan plan, std::vector<SurveyedMount> sources);
    // What a person should know of how it was started; after start().
    const std::vector<std::string>& notices() const { return notices_; }
    // Takes over a container that an earlier daemon started.
    void adopt(const engine::ContainerState& container);

    // It is to end, or has ended.
    bool ending() const { return stop_asked_ || status_ == Status::ended; }
    // It has ended before it ran: there is only removal left.
    void give_up() { end({.code = 125, .signal = {}}); }

    // Called once, when it has ended; at once where it already has.
    void on_ended(OnEnded handler);
    boost::asio::awaitable<void> wait_ended();

    // SIGTERM to the main process, SIGKILL to everything after the limit. Returns when it has ended.
    boost::asio::awaitable<void> stop(std::chrono::seconds limit);
    void signal_main(int number) { link_.kill(record_.main, number); }
    // Removes container, folder and record. Throws Error where the engine doesn't let it; to be called again then.
    boost::asio::awaitable<void> remove();

    // Stops all work on it, leaving container, folder and record as they are.
    boost::asio::awaitable<void> let_go();

    const Record& record() const { return record_; }
    Status status() const { return status_; }
    std::int64_t pid() const { return pid_; }

private:
    // An end that was told before it was known which process is the main one.
    struct EarlyEnd {
        std::int64_t process;
        ExitStatus status;
    };
    boost::asio::awaitable<SpawnedProcess> start_steps(Plan plan, std::vector<SurveyedMount> sources);
    boost::asio::awaitable<void> create(engine::Engine& engine, const Plan& plan);
    boost::asio::awaitable<void> remove_containers(engine::Engine& engine);
    boost::asio::awaitable<void> explain_silence(engine::Engine& engine);
    void give_up_if_stopped() const;
    void end(ExitStatus status);
    void watch_link();
    void now_running();
    boost::asio::awaitable<void> look_after_loss();

    Host& host_;
    Record record_;
    RunFolder folder_;
    InitLink link_;
    Status status_ = Status::starting;
    bool start_called_ = false;
    bool stop_asked_ = false;
    std::int64_t pid_ = 0;
    ExitStatus exit_;
    std::vector<std::string> notices_;
    std::optional<EarlyEnd> early_end_;
    OnEnded on_ended_;
    Event ended_;
    TaskGroup tasks_;
};

}  // namespace isag::sandbox
