// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "daemon/sandbox/record.hpp"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace isag::sandbox {

// A sandbox that ran and has ended: what is known of it for a while, on disk, beside its terminal's log.
struct Finished {
    Record record;
    std::int64_t ended = 0;  // seconds since the epoch
    std::optional<std::int64_t> code;
    std::optional<std::int64_t> signal;
    ExitStatus exit() const { return ExitStatus::said(code, signal); }
};
template <class F>
void fields(F& f, Finished& m) {
    f("record", m.record);
    f("ended", m.ended);
    f("code", m.code);
    f("signal", m.signal);
}

class FinishedStore {
public:
    static constexpr std::size_t most = 200;  // the oldest goes first

    // Reads what is there. Throws Error where the folders can't be made.
    FinishedStore(const std::filesystem::path& state, std::chrono::seconds kept_for);

    void add(const Record& record, const ExitStatus& exit, std::chrono::system_clock::time_point ended);
    // The latest to end last. What is older than it is kept for is removed first.
    std::vector<Finished> list();
    std::optional<Finished> with_id(const std::string& id) const;
    // The latest of exactly that name.
    std::optional<Finished> named(const std::string& name);
    // The latest of that name; else the only name of which it is a prefix, else of that id; none.
    std::optional<Finished> find(const std::string& name_or_id);

    void keep_for(std::chrono::seconds time) { kept_for_ = time; }

    // Where the log of a sandbox's terminal is, running or finished.
    std::filesystem::path log_folder(const std::string& id) const { return logs_ / id; }
    // Removes the logs of sandboxes that are neither here nor among those.
    void remove_stray_logs(const std::vector<std::string>& running);

private:
    void forget(const std::string& id);
    void purge();

    std::filesystem::path folder_;
    std::filesystem::path logs_;
    std::chrono::seconds kept_for_;
    std::map<std::string, Finished> finished_;  // by id
};

}  // namespace isag::sandbox
