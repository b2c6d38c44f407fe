// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/finished.hpp"
#include "common/directories.hpp"
#include "common/file.hpp"
#include "proto/json_text.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <spdlog/spdlog.h>

namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

std::int64_t seconds_of(std::chrono::system_clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

}  // namespace

FinishedStore::FinishedStore(const fs::path& state, std::chrono::seconds kept_for)
    : folder_(state / "finished"), logs_(state / "logs"), kept_for_(kept_for) {
    make_private_directory(folder_);
    remove_unfinished(folder_);
    make_private_directory(logs_);
    for (const auto& entry : fs::directory_iterator(folder_)) {
        try {
            const auto object = proto::read_object(entry.path());
            auto finished = proto::from_json<Finished>(object, entry.path().string()).value();
            const std::string id = finished.record.id;
            if (id != entry.path().stem()) throw Error("it holds the end of another sandbox");
            finished_.emplace(id, std::move(finished));
        } catch (const Error& failure) {
            spdlog::error("{}: {}; it is removed", entry.path().string(), failure.message());
            std::error_code ignored;
            fs::remove(entry.path(), ignored);
        }
    }
    purge();
}

void FinishedStore::add(const Record& record, const ExitStatus& exit, std::chrono::system_clock::time_point ended) {
    Finished finished{record, seconds_of(ended), exit.code, exit.signal};
    try {
        const auto line = proto::to_line(proto::to_json(finished));
        write_file(folder_ / (record.id + ".json"), line + "\n", 0600, Sync::no);
    } catch (const Error& error) {  // known until isagd ends, then
        spdlog::error("the end of sandbox {} is not kept: {}", record.name, error.message());
    }
    finished_.insert_or_assign(record.id, std::move(finished));
    purge();
}

void FinishedStore::forget(const std::string& id) {
    std::error_code ignored;
    fs::remove(folder_ / (id + ".json"), ignored);
    fs::remove_all(log_folder(id), ignored);
    finished_.erase(id);
}

void FinishedStore::purge() {
    const auto oldest = seconds_of(std::chrono::system_clock::now() - kept_for_);
    std::vector<std::string> old;
    for (const auto& [id, finished] : finished_)
        if (finished.ended < oldest) old.push_back(id);
    for (const auto& id : old) forget(id);
    while (finished_.size() > most) {
        const auto first = std::min_element(finished_.begin(), finished_.end(), [](const auto& a, const auto& b) {
            return a.second.ended < b.second.ended;
        });
        forget(std::string(first->first));
    }
}

std::vector<Finished> FinishedStore::list() {
    purge();
    std::vector<Finished> out;
    for (const auto& [id, finished] : finished_) out.push_back(finished);
    std::sort(out.begin(), out.end(), [](const Finished& a, const Finished& b) { return a.ended < b.ended; });
    return out;
}

std::optional<Finished> FinishedStore::with_id(const std::string& id) const {
    const auto found = finished_.find(id);
    return found == finished_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Finished> FinishedStore::named(const std::string& name) {
    const auto all = list();
    const auto has_name = [&](const Finished& finished) { return finished.record.name == name; };
    const auto found = std::find_if(all.rbegin(), all.rend(), has_name);
    return found == all.rend() ? std::nullopt : std::optional(*found);
}

std::optional<Finished> FinishedStore::find(const std::string& name_or_id) {
    std::optional<Finished> by_prefix;
    std::set<std::string> names;
    const auto all = list();
    for (auto finished = all.rbegin(); finished != all.rend(); ++finished) {
        const auto& record = finished->record;
        if (record.name == name_or_id || record.id == name_or_id) return *finished;
        if (record.name.starts_with(name_or_id) && names.insert(record.name).second && !by_prefix)
            by_prefix = *finished;
    }
    return names.size() == 1 ? by_prefix : std::nullopt;
}

void FinishedStore::remove_stray_logs(const std::vector<std::string>& running) {
    std::error_code error;
    for (const auto& entry : fs::directory_iterator(logs_, error)) {
        const std::string id = entry.path().filename();
        const bool known = finished_.contains(id) || std::find(running.begin(), running.end(), id) != running.end();
        if (!known) fs::remove_all(entry.path(), error);
    }
}

}  // namespace isag::sandbox
