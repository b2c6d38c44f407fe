// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include "daemon/sandbox/sandbox.hpp"
#include <csignal>
#include <spdlog/spdlog.h>

// What hides and protects, and what becomes of a sandbox that loses it.
namespace isag::sandbox {
namespace {

std::vector<BindMount> binds_of(const std::vector<SurveyedMount>& mounts) {
    std::vector<BindMount> out;
    for (const auto& mount : mounts) out.push_back(mount.bind);
    return out;
}

}  // namespace

// Before the main program runs: from then on its init shows itself to nobody.
void Sandbox::prepare_guard(const Plan& plan, const std::vector<SurveyedMount>& sources) {
    record_.covers = CoversRecord{covered_by(plan.mounts, binds_of(sources), folder_.empty()), false, {}, {}, {}};
    guard_.open(static_cast<pid_t>(pid_));
}

void Sandbox::adopt_guard() {
    if (!record_.covers || record_.covers->covered.empty()) return;
    try {
        guard_.open(static_cast<pid_t>(pid_));
    } catch (const Error& error) {
        spdlog::error("sandbox {}: {}", record_.name, error.message());
    }
    guard_.start();
}

std::optional<LostCover> Sandbox::lost_cover() const {
    if (status_ != Status::running || !guard_.is_paused()) return std::nullopt;
    return LostCover{guard_.path(), true, guard_.obstacle(), {}};
}

// A pause that lasts a moment is waited for.
void Sandbox::check_awake() const {
    const auto lost = lost_cover();
    if (lost && !lost->obstacle.empty()) throw Error(explain(record_.name, *lost));
}

CoverGuard::Hooks Sandbox::guard_hooks() {
    CoverGuard::Hooks hooks;
    hooks.save = [this] {
        try {
            host_.records.save(record_);
        } catch (const Error& error) {  // a full disk must not keep it from being paused
            spdlog::error("sandbox {}: {}", record_.name, error.message());
        }
    };
    hooks.paused = [this](const std::string& path, const std::string& obstacle) {
        told_lost_cover({path, true, obstacle, {}});
    };
    hooks.unpaused = [this](const std::string& path, const std::vector<std::string>& uncovered) {
        told_lost_cover({path, false, {}, uncovered});
    };
    hooks.failed = [this] { end({.code = {}, .signal = SIGKILL}); };
    return hooks;
}

void Sandbox::told_lost_cover(const LostCover& lost) {
    if (host_.lost_cover) host_.lost_cover(record_, lost);
    lost_covers_.tell(lost);
    if (terminal_ && !lost.paused) terminal_->take_note_away();
    show_lost_cover();
}

void Sandbox::show_lost_cover() const {
    const auto lost = lost_cover();
    if (!terminal_ || !lost || lost->obstacle.empty()) return;
    const auto& name = record_.name;  // what to do first: windows are narrow
    terminal_->show_note("isag: " + name + " is paused ('isag unpause " + name + "' lets it go on): " + lost->obstacle);
}

std::string explain(const std::string& sandbox, const LostCover& lost) {
    const std::string path = escape_controls(lost.path);
    if (!lost.uncovered.empty()) return sandbox + " went on without " + path + " being covered, as you wished";
    if (!lost.paused)
        return path + " was replaced while " + sandbox + " ran, which was paused for a moment and went on with it " +
               "covered again; in the moment before, it may have seen or changed the new one";
    if (lost.obstacle.empty()) return path + " was replaced or removed, and " + sandbox + " is paused";
    return sandbox + " is paused: " + path + " was replaced or removed, and can't be covered again (" + lost.obstacle +
           "); 'isag unpause " + sandbox + "' lets it go on so";
}

}  // namespace isag::sandbox
