// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/control_groups.hpp"
#include "common/file.hpp"
#include <cstdlib>
#include <sstream>

namespace isag::sandbox {
namespace fs = std::filesystem;

ControlGroups::ControlGroups(std::string_view text, fs::path root) : root_(std::move(root)) {
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        const auto first = line.find(':');
        const auto second = line.find(':', first + 1);
        if (second == std::string::npos) continue;
        std::istringstream controllers(line.substr(first + 1, second - first - 1));
        const std::string path = line.substr(second + 1);
        if (second == first + 1) groups_[""] = path;
        for (std::string name; std::getline(controllers, name, ',');) groups_[name] = path;
    }
}

std::vector<fs::path> ControlGroups::folders(const std::string& controller) const {
    const bool first_version = is_first_version(controller);
    const auto group = groups_.find(first_version ? controller : std::string());
    if (group == groups_.end()) return {};
    std::error_code ignored;
    fs::path top = first_version ? root_ / controller : root_;
    if (!first_version && fs::exists(root_ / "unified", ignored)) top = root_ / "unified";
    std::vector<fs::path> out;
    for (fs::path inside = fs::path(group->second).relative_path(); !inside.empty(); inside = inside.parent_path())
        out.push_back(top / inside);
    out.push_back(top);
    return out;
}

ControlGroups control_groups_of(pid_t pid) {
    const auto text = read_file("/proc/" + std::to_string(pid) + "/cgroup");
    return ControlGroups(text ? *text : std::string());
}

std::optional<double> number_in(const fs::path& file, const std::string& key) {
    const auto text = read_file(file);
    if (!text) return std::nullopt;
    auto at = key.empty() ? 0 : text->find(key + " ");
    if (at == std::string::npos) return std::nullopt;
    if (!key.empty()) at += key.size() + 1;
    char* end = nullptr;
    const double value = std::strtod(text->c_str() + at, &end);
    if (end == text->c_str() + at) return std::nullopt;
    return value;
}

}  // namespace isag::sandbox
