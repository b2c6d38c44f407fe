// SPDX-License-Identifier: Apache-2.0
#include "daemon/init/session.hpp"
#include "proto/message.hpp"
#include <algorithm>
#include <csignal>
#include <nlohmann/json.hpp>

namespace isag::init {

void Session::dialled(Time now, bool connected) {
    connected_ = connected;
    next_dial_ = now + redial_interval;
}

void Session::disconnected() {
    connected_ = false;
    said_ready_ = false;
    told_ = 0;
}

void Session::spawned(pid_t pid, bool is_main, UniqueFd terminal) {
    const auto before = std::find_if(ended_.begin(), ended_.end(), [&](const auto& end) { return end.process == pid; });
    if (before != ended_.end()) forget(before);  // the number is another process's now
    processes_.insert_or_assign(pid, std::move(terminal));
    if (is_main) main_ = pid;
}

void Session::reaped(pid_t pid, const ExitStatus& status, Time now) {
    auto process = processes_.extract(pid);
    if (process.empty()) return;
    if (pid != main_) return remember(pid, status);
    main_terminal_ = std::move(process.mapped());
    main_status_ = status;
    main_ended_ = now;
}

void Session::all_reaped() {
    if (!ending() || main_remembered_) return;
    main_remembered_ = true;
    remember(*main_, *main_status_);
}

void Session::taken(std::int64_t process) {
    if (main_remembered_ && process == main_) exit_status_ = main_status_->as_shell();
}

std::optional<pid_t> Session::terminated() {
    if (has_main() && !ending()) return main_;
    exit_status_ = ending() ? main_status_->as_shell() : 128 + SIGTERM;
    return std::nullopt;
}

void Session::tick(Time now) {
    if (!ending()) return;
    if (now >= main_ended_ + reap_limit) all_reaped();
    if (now >= main_ended_ + farewell_limit) exit_status_ = main_status_->as_shell();
}

bool Session::is_running(std::int64_t process) const { return find(process) != processes_.end(); }

UniqueFd Session::terminal_of(std::int64_t process) const {
    const auto found = find(process);
    return found == processes_.end() || !found->second ? UniqueFd() : found->second.duplicate();
}

// By a number that need not be one of a process.
std::map<pid_t, UniqueFd>::const_iterator Session::find(std::int64_t process) const {
    return std::find_if(processes_.begin(), processes_.end(),
                        [&](const auto& entry) { return entry.first == process; });
}

std::vector<pid_t> Session::groups() const {
    std::vector<pid_t> out;
    for (const auto& entry : processes_) out.push_back(entry.first);
    if (ending()) out.push_back(*main_);
    return out;
}

std::vector<Session::Line> Session::take_lines(Time now) {
    std::vector<Line> lines;
    if (!connected_) return lines;
    if (!said_ready_) {
        const proto::init::Ready ready{.protocol = proto::protocol_version};
        lines.push_back({proto::notification_line("ready", proto::to_json(ready)), {}});
        said_ready_ = true;
    }
    for (; told_ < std::ssize(ended_); ++told_) lines.push_back(line_for(ended_.begin()[told_], now));
    return lines;
}

Session::Line Session::line_for(proto::init::Ended ended, Time now) const {
    Line line;
    if (ended.process == main_) {
        ended.age = std::chrono::duration_cast<std::chrono::seconds>(now - main_ended_).count();
        if (main_terminal_) line.fds.push_back(main_terminal_.duplicate());
    }
    line.text = proto::notification_line("ended", proto::to_json(ended), std::ssize(line.fds));
    return line;
}

std::optional<Session::Time> Session::next_due() const {
    std::optional<Time> due;
    const auto at = [&](Time time) { due = due ? std::min(*due, time) : time; };
    if (!connected_) at(next_dial_);
    if (ending() && !main_remembered_) at(main_ended_ + reap_limit);
    if (ending()) at(main_ended_ + farewell_limit);
    return due;
}

void Session::remember(pid_t pid, const ExitStatus& status) {
    if (ended_.size() >= most_ends) forget(ended_.begin());
    proto::init::Ended ended{pid, status.code, status.signal, {}, {}};
    if (status.out_of_memory) ended.out_of_memory = true;
    ended_.push_back(ended);
}

void Session::forget(std::deque<proto::init::Ended>::iterator end) {
    if (end - ended_.begin() < told_) --told_;
    ended_.erase(end);
}

}  // namespace isag::init
