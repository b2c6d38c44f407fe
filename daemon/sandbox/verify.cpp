// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/verify.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <cerrno>
#include <climits>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace isag::sandbox {
namespace {

std::vector<std::int64_t> numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::int64_t> out;
    for (std::int64_t value; in >> value;) out.push_back(value);
    return out;
}

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted) {
    return !values.empty() && std::all_of(values.begin(), values.end(), [&](auto value) { return value == wanted; });
}

// Octal escapes of mountinfo: space, tab, newline, backslash.
std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '\\' && i + 3 < text.size()) {
            out += static_cast<char>(std::stoi(text.substr(i + 1, 3), nullptr, 8));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

std::string proc_path(pid_t pid, const std::string& name) { return "/proc/" + std::to_string(pid) + "/" + name; }

std::string namespace_of(const std::string& path) {
    char target[PATH_MAX];
    const ssize_t n = ::readlink(path.c_str(), target, sizeof target);
    if (n <= 0) throw errno_error("cannot read " + path, errno);
    return {target, static_cast<std::size_t>(n)};
}

void check_namespaces(pid_t pid) {
    for (const char* name : {"mnt", "pid", "ipc", "net", "uts"}) {
        const std::string kind = std::string("ns/") + name;
        if (namespace_of(proc_path(pid, kind)) == namespace_of("/proc/self/" + kind))
            throw Error(std::string("it shares the host's ") + name + " namespace");
    }
}

void check_mount(const std::vector<MountPoint>& found, const BindMount& planned) {
    const auto last = std::find_if(found.rbegin(), found.rend(),
                                   [&](const MountPoint& mount) { return mount.path == planned.container.string(); });
    if (last == found.rend()) throw Error("nothing is mounted at " + planned.container.string());
    if (planned.read_only && !last->read_only) throw Error(planned.container.string() + " is not read-only");
}

// A mount whose root is masked shows the mask instead.
bool is_masked(const Plan& plan, const SurveyedMount& mount) {
    return std::none_of(plan.mounts.begin(), plan.mounts.end(), [&](const BindMount& planned) {
        return planned.container == mount.bind.container && planned.host == mount.bind.host;
    });
}

void check_source(pid_t pid, const SurveyedMount& mount) {
    const std::string inside = proc_path(pid, "root") + mount.bind.container.string();
    struct stat info {};
    if (::stat(inside.c_str(), &info) != 0) throw errno_error("cannot look at " + mount.bind.container.string(), errno);
    if (info.st_dev != mount.source.device || info.st_ino != mount.source.inode)
        throw Error(mount.bind.host.string() + " was replaced while the sandbox started");
}

}  // namespace

ProcessRights parse_status(std::string_view text) {
    ProcessRights rights;
    rights.any_capability = false;
    std::istringstream in{std::string(text)};
    int capability_lines = 0;
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const std::string key = line.substr(0, colon);
        const std::string value = line.substr(colon + 1);
        if (key == "Uid") rights.uids = numbers(value);
        if (key == "Gid") rights.gids = numbers(value);
        if (key == "Groups") rights.groups = numbers(value);
        if (key == "NoNewPrivs") rights.no_new_privileges = all_are(numbers(value), 1);
        if (key == "Seccomp" && !numbers(value).empty()) rights.seccomp = numbers(value).front();
        if (key.size() == 6 && key.starts_with("Cap")) {
            ++capability_lines;
            if (value.find_first_not_of("0 \t") != std::string::npos) rights.any_capability = true;
        }
    }
    if (capability_lines < 5) rights.any_capability = true;  // what can't be seen counts as there
    return rights;
}

std::optional<Failure> check_rights(const ProcessRights& rights, const Person& agent) {
    if (!all_are(rights.uids, agent.uid) || agent.uid == 0)
        return Failure{"its user is not " + std::to_string(agent.uid)};
    if (!all_are(rights.gids, agent.gid)) return Failure{"its group is not " + std::to_string(agent.gid)};
    for (const auto group : rights.groups)
        if (group == 0) return Failure{"it has the supplementary group 0"};
    if (rights.any_capability) return Failure{"it holds a capability"};
    if (!rights.no_new_privileges) return Failure{"no-new-privileges is not set"};
    if (rights.seccomp != 2) return Failure{"no seccomp filter is set"};
    return std::nullopt;
}

std::vector<MountPoint> parse_mountinfo(std::string_view text) {
    std::vector<MountPoint> out;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        std::string skip, path, options;
        fields >> skip >> skip >> skip >> skip >> path >> options;
        out.push_back({unescape(path), ("," + options + ",").find(",ro,") != std::string::npos});
    }
    return out;
}

void verify_container(pid_t pid, const Plan& plan, const std::vector<SurveyedMount>& sources) {
    try {
        const auto status = read_file(proc_path(pid, "status")).value();
        if (auto failure = check_rights(parse_status(status), plan.agent)) throw Error(*failure);
        check_namespaces(pid);
        const auto found = parse_mountinfo(read_file(proc_path(pid, "mountinfo")).value());
        for (const auto& mount : plan.mounts) check_mount(found, mount);
        for (const auto& mount : sources)
            if (!is_masked(plan, mount)) check_source(pid, mount);
    } catch (const Error& error) {
        throw error.within("the sandbox is not what was asked for");
    }
}

}  // namespace isag::sandbox
