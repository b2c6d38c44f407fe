// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/event_log.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include "proto/json_text.hpp"
#include <cerrno>
#include <chrono>
#include <fcntl.h>
#include <nlohmann/json.hpp>
#include <spdlog/spdlog.h>
#include <sstream>
#include <unistd.h>
#include <utility>

namespace isag::api {
namespace {

constexpr std::size_t largest_kept = std::size_t{16} << 20;

std::string line_of(const proto::DaemonEvent& event) { return proto::to_line(proto::to_json(event)) + "\n"; }

}  // namespace

EventLog::EventLog(std::filesystem::path file) : file_(std::move(file)) {
    try {
        read();
        write_anew();
    } catch (const Error& error) {
        complain(error.message());
    }
}

// A last line that was cut off by a full disk or a kill is none.
void EventLog::read() {
    const auto text = read_file(file_, largest_kept);
    std::istringstream lines(text ? *text : std::string());
    for (std::string line; std::getline(lines, line);) {
        const auto object = proto::parse_object(line);
        if (!object) continue;
        if (auto event = proto::from_json<proto::DaemonEvent>(*object, "event")) events_.push_back(std::move(*event));
        if (events_.size() > most) events_.pop_front();
    }
}

// With what is known and no more.
void EventLog::write_anew() {
    std::string text;
    for (const auto& event : events_) text += line_of(event);
    write_file(file_, text, 0600, Sync::no);
    end_.reset(::open(file_.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
    if (!end_) throw errno_error("cannot open " + file_.string(), errno);
    lines_ = events_.size();
}

void EventLog::write(const proto::DaemonEvent& event) {
    if (!end_) return;
    const std::string line = line_of(event);
    if (::write(end_.get(), line.data(), line.size()) != std::ssize(line))
        return complain("cannot write " + file_.string());
    if (++lines_ < 2 * most) return;
    try {
        write_anew();
    } catch (const Error& error) {
        complain(error.message());
    }
}

void EventLog::complain(const std::string& why) {
    if (!std::exchange(complained_, true)) spdlog::error("events are not kept: {}", why);
}

void EventLog::tell(std::string what, std::string subject, std::map<std::string, std::string> details) {
    std::string line = what + " " + subject;
    for (const auto& [key, value] : details) line += " " + key + "=" + value;
    spdlog::info("{}", escape_controls(line));
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    const auto time = std::chrono::duration_cast<std::chrono::milliseconds>(now).count();
    events_.push_back({time, std::move(what), std::move(subject), std::move(details)});
    if (events_.size() > most) events_.pop_front();
    write(events_.back());
    listeners_.tell(events_.back());
}

EventLog::Listeners::Listening EventLog::listen(Listeners::Listener listener) {
    if (listeners_.count() >= most_listeners)
        throw Error("too many follow isagd's events", "end one of them: 'isag events -f'");
    return listeners_.listen(std::move(listener));
}

}  // namespace isag::api
