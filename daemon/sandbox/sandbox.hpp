// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/listeners.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/firewall/gate.hpp"
#include "daemon/sandbox/cover_guard.hpp"
#include "daemon/sandbox/ended_processes.hpp"
#include "daemon/sandbox/finished.hpp"
#include "daemon/sandbox/init_link.hpp"
#include "daemon/sandbox/plan.hpp"
#include "daemon/sandbox/published.hpp"
#include "daemon/sandbox/record.hpp"
#include "daemon/sandbox/ssh_files.hpp"
#include "daemon/sandbox/survey.hpp"
#include "daemon/terminal/terminal.hpp"
#include "proto/api.hpp"
#include "proto/endpoint.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

namespace isag::sandbox {

class Sandbox;
struct LostCover;

// What every sandbox of this daemon shares.
struct Host {
    Directories directories;
    engine::EngineHolder& engine;
    RecordStore& records;
    FinishedStore& finished;
    std::filesystem::path init_program;
    firewall::Supply& gates;
    std::filesystem::path cover_program;
    std::function<void(const Record&, const std::string& image)> started = {};  // called as one begins to run
    std::function<void(const Record&, const ExitStatus&)> ended = {};           // called as one ends that ran
    std::function<void(const Record&, const LostCover&)> lost_cover = {};       // called as one is paused, or goes on
    // Called when one that an earlier isagd started is taken over, or was found to have ended, before its end.
    std::function<void(std::shared_ptr<Sandbox>)> taken_over = {};
};

// What became of a cover that was lost: the sandbox was paused, can't go on for a reason, or went on.
struct LostCover {
    std::string path;  // on the host
    bool paused = false;
    std::string obstacle;
    std::vector<std::string> uncovered;  // it went on without these, at a person's wish
};
// What a person is told of it: a line.
std::string explain(const std::string& sandbox, const LostCover& lost);

// One sandbox from its name's reservation until nothing is left of it. Made and kept by Registry.
//
//   starting ──start()──> running ──main ended, stop(), container died──> ended ──remove()──> gone
class Sandbox {
public:
    enum class Status { starting, running, ended };

    Sandbox(boost::asio::any_io_executor executor, Host& host, Record record);

    // Starts the gate; when that is ready, creates the agent's container in its network, starts it, verifies it from
    // outside, and starts the main command in it. Throws Error; the sandbox has then ended. stop() makes it give up
    // between its steps. Of a command on a terminal the streams stay here, see terminal().
    boost::asio::awaitable<SpawnedProcess> start(Plan plan, std::vector<SurveyedMount> sources);
    // What a person should know of how it was started; after start().
    const std::vector<std::string>& notices() const { return notices_; }
    // Takes over containers that an earlier daemon started; the gate's may be gone.
    void adopt(const engine::ContainerState& container, const std::optional<engine::ContainerState>& gate);

    // Until its init and its gate have told what happened before this isagd was there, and what its program printed
    // meanwhile is in the log; not beyond the second after adopt().
    boost::asio::awaitable<void> wait_caught_up();

    // It is to end, or has ended.
    bool ending() const { return stop_asked_ || status_ == Status::ended; }
    // It has ended before it ran: there is only removal left.
    void give_up() { end({.code = 125, .signal = {}}); }
    // An earlier isagd started it, and it ended while none was there. Its gate, where it still runs, is heard first.
    boost::asio::awaitable<void> found_ended(ExitStatus status, const std::optional<engine::ContainerState>& gate);
    // A client has come for it (one that is connected by pipes ends with its client).
    void claim() { claimed_ = true; }
    bool claimed() const { return claimed_; }

    boost::asio::awaitable<void> wait_ended();
    // How it ended and when, once it has.
    const ExitStatus& exit() const { return exit_; }
    std::chrono::system_clock::time_point ended_at() const { return ended_at_; }

    // The main program's; none where that is connected by pipes.
    const std::shared_ptr<terminal::Terminal>& terminal() const { return terminal_; }
    // Starts another process in it, which ends with it. Throws Error as InitLink::spawn().
    boost::asio::awaitable<SpawnedProcess> exec(proto::init::Spawn request);
    // Until that process has ended, the main one or one of exec's, or all have; a number that none ever had is taken
    // for one that runs.
    boost::asio::awaitable<ExitStatus> wait_process(std::int64_t process);
    void signal(std::int64_t process, int number) { link_.kill(process, number); }
    // The master of an exec'd process's terminal, again; none where it has none, or has ended.
    boost::asio::awaitable<UniqueFd> terminal_of(std::int64_t process);

    // A socket that is connected to that end, as the sandbox sees it: the firewall decides as it does for the agent.
    // One or two that listen there. Each throws Error, of kind not_found where nobody answers. (connections.cpp)
    boost::asio::awaitable<UniqueFd> connect(proto::Endpoint to);
    boost::asio::awaitable<firewall::GateLink::Listeners> listen(proto::Endpoint at);
    // TCP sockets of its network, not connected yet.
    boost::asio::awaitable<std::vector<UniqueFd>> sockets(std::int64_t count);
    // Leads these ports of the host into it from now on until its end. Whoever connects before it runs waits.
    void publish(std::vector<HostListener> listeners);
    // Those whose port another program took while no isagd was there.
    const std::vector<proto::Forward>& waiting_ports() const { return waiting_; }
    // A stream to an sshd that serves nobody else. Throws Error, of kind not_found where the image has none.
    boost::asio::awaitable<UniqueFd> start_sshd(SshKeys keys);

    // SIGTERM to the main process, SIGKILL to everything after the limit. Returns when it has ended.
    boost::asio::awaitable<void> stop(std::chrono::seconds limit);
    void signal_main(int number) { signal(record_.main, number); }
    // Removes containers, folder and record. Throws Error where the engine doesn't let it; to be called again then.
    boost::asio::awaitable<void> remove();

    // Why it is paused; nothing where it is not.
    std::optional<LostCover> lost_cover() const;
    // Tells those who look at its terminal, where that lasts.
    void show_lost_cover() const;
    // Lets it go on as it is: the paths that are not covered any more.
    std::vector<std::string> go_on_uncovered() { return guard_.go_on_without(); }
    [[nodiscard]] Listeners<LostCover>::Listening on_lost_cover(Listeners<LostCover>::Listener listener) {
        return lost_covers_.listen(std::move(listener));
    }

    // Stops all work on it, leaving container, folder and record as they are.
    boost::asio::awaitable<void> let_go();

    const Record& record() const { return record_; }
    Status status() const { return status_; }
    std::int64_t pid() const { return pid_; }
    firewall::GateLink& gate() { return gate_.link(); }
    // All that its gate has told is in network_events(), what it told an earlier isagd too.
    boost::asio::awaitable<void> wait_network_told() { return gate_.wait_caught_up(); }
    firewall::EventRing& network_events() { return gate_.events(); }
    const firewall::EventRing& network_events() const { return gate_.events(); }
    // Its gate is dead, paused or hangs, so that nothing gets through.
    bool network_lost() const { return status_ == Status::running && gate_.lost(); }

private:
    boost::asio::awaitable<SpawnedProcess> start_steps(Plan plan, std::vector<SurveyedMount> sources);
    boost::asio::awaitable<void> start_gate(const Plan& plan);
    boost::asio::awaitable<void> start_agent(engine::Engine& engine, const Plan& plan);
    boost::asio::awaitable<void> create(engine::Engine& engine, const Plan& plan);
    boost::asio::awaitable<void> remove_containers(engine::Engine& engine);
    boost::asio::awaitable<void> explain_silence(engine::Engine& engine);
    void prepare_guard(const Plan& plan, const std::vector<SurveyedMount>& sources);
    void adopt_guard();
    CoverGuard::Hooks guard_hooks();
    void told_lost_cover(const LostCover& lost);
    void make_terminal(const proto::TerminalSize& size);
    void connect_terminal(UniqueFd master);
    boost::asio::awaitable<void> catch_up();
    void adopt_gate(const std::optional<engine::ContainerState>& gate);
    void check_running() const;
    void check_awake() const;
    void lead_published();
    boost::asio::awaitable<void> publish_again(proto::Forward forward);
    boost::asio::awaitable<UniqueFd> connect_published(proto::Endpoint to);
    std::string inner_host(const std::string& host) const;
    void give_up_if_stopped() const;
    void end(ExitStatus status, std::chrono::seconds age = {});
    void watch_link();
    void told_end(InitLink::End end);
    boost::asio::awaitable<void> dismiss_init();
    void now_running();
    boost::asio::awaitable<void> look_after_loss();

    boost::asio::any_io_executor executor_;
    Host& host_;
    Record record_;
    RunFolder folder_;
    InitLink link_;
    firewall::Gate gate_;
    CoverGuard guard_;
    Listeners<LostCover> lost_covers_;
    Status status_ = Status::starting;
    bool start_called_ = false;
    bool stop_asked_ = false;
    bool claimed_ = false;
    std::int64_t pid_ = 0;
    ExitStatus exit_;
    std::chrono::system_clock::time_point ended_at_;
    std::vector<std::string> notices_;
    std::optional<InitLink::End> early_end_;  // told before it was known which process is the main one
    bool init_waits_ = false;                 // it has told the main process's end
    Event ended_;
    bool catching_up_ = false;
    std::chrono::steady_clock::time_point catch_up_until_;
    Event caught_up_;
    std::shared_ptr<terminal::Terminal> terminal_;
    EndedProcesses ended_processes_;        // of exec
    std::vector<HostListener> to_publish_;  // once it runs
    std::vector<proto::Forward> waiting_;   // published, and another program has the port
    Published published_;
    TaskGroup tasks_;
};

}  // namespace isag::sandbox
