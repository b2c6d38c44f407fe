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
    handed_out_ = 0;
}

void Session::spawned(pid_t pid, bool is_main, UniqueFd terminal) {
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

std::optional<pid_t> Session::terminated() {
    if (!has_main()) exit_status_ = 128 + SIGTERM;
    return has_main() && !ending() ? main_ : std::nullopt;
}

void Session::tick(Time now) {
    if (!ending()) return;
    if (now >= main_ended_ + reap_limit) all_reaped();
    const bool told = main_remembered_ && ended_.empty();
    if (told || now >= main_ended_ + farewell_limit) exit_status_ = main_status_->as_shell();
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

std::vector<Session::Line> Session::take_lines() {
    std::vector<Line> lines;
    if (!connected_) return lines;
    if (!said_ready_) {
        const proto::init::Ready ready{.protocol = proto::protocol_version};
        lines.push_back({proto::notification_line("ready", proto::to_json(ready)), {}});
        said_ready_ = true;
    }
    for (; handed_out_ < ended_.size(); ++handed_out_) lines.push_back(line_for(ended_[handed_out_]));
    return lines;
}

Session::Line Session::line_for(const proto::init::Ended& ended) const {
    Line line;
    if (ended.process == main_ && main_terminal_) line.fds.push_back(main_terminal_.duplicate());
    line.text = proto::notification_line("ended", proto::to_json(ended), std::ssize(line.fds));
    return line;
}

void Session::delivered() {
    ended_.erase(ended_.begin(), ended_.begin() + static_cast<std::ptrdiff_t>(handed_out_));
    handed_out_ = 0;
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
    if (ended_.size() >= max_waiting) {
        ended_.pop_front();
        if (handed_out_ > 0) --handed_out_;
    }
    proto::init::Ended ended{.process = pid, .code = status.code, .signal = status.signal, .out_of_memory = {}};
    if (status.out_of_memory) ended.out_of_memory = true;
    ended_.push_back(ended);
}

}  // namespace isag::init
