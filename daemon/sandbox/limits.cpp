// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/limits.hpp"
#include <algorithm>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

constexpr double unlimited = 1e300;

// Processors that a group may use at once.
double processors_in(const fs::path& folder) {
    const double period = 100'000;
    if (const auto quota = number_in(folder / "cpu.cfs_quota_us"))
        return *quota > 0 ? *quota / number_in(folder / "cpu.cfs_period_us").value_or(period) : unlimited;
    const auto quota = number_in(folder / "cpu.max");  // "50000 100000" or "max 100000"
    if (!quota) return unlimited;
    return *quota / number_in(folder / "cpu.max", std::to_string(static_cast<long>(*quota))).value_or(period);
}

template <class Read>
bool holds(const ControlGroups& groups, const std::string& controller, double limit, const Read& read) {
    if (limit <= 0) return true;  // none was asked for
    const auto folders = groups.folders(controller);
    return std::any_of(folders.begin(), folders.end(),
                       [&](const fs::path& folder) { return read(folder) <= limit * 1.001; });
}

auto reader(const char* first_version, const char* second_version) {
    return [=](const fs::path& folder) {
        const auto value = number_in(folder / first_version);
        return value ? *value : number_in(folder / second_version).value_or(unlimited);
    };
}

std::string listed(const std::vector<std::string>& words) {
    std::string out = words.front();
    for (std::size_t i = 1; i < words.size(); ++i) out += (i + 1 == words.size() ? " and " : ", ") + words[i];
    return out;
}

}  // namespace

std::optional<std::string> limits_notice(const ControlGroups& groups, const Plan& plan) {
    std::vector<std::string> missing;
    const auto memory = reader("memory.limit_in_bytes", "memory.max");
    const auto pids = reader("pids.max", "pids.max");
    if (!holds(groups, "memory", static_cast<double>(plan.memory), memory)) missing.push_back("memory");
    if (!holds(groups, "pids", static_cast<double>(plan.pids), pids)) missing.push_back("number of processes");
    if (!holds(groups, "cpu", plan.cpus, processors_in)) missing.push_back("processors");
    if (missing.empty()) return std::nullopt;
    return "the engine does not limit the sandbox's " + listed(missing) +
           ", so it can slow down the whole machine (a rootless engine can limit them with cgroups version 2 and "
           "systemd)";
}

}  // namespace isag::sandbox
