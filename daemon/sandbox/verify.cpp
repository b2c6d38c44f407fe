// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/verify.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/mountinfo.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

namespace isag::sandbox {
namespace {

constexpr std::size_t ids = 4;  // real, effective, saved, file system
constexpr std::array<std::string_view, 5> capability_sets{"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"};

std::vector<std::int64_t> numbers(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::int64_t> out;
    for (std::int64_t value; in >> value;) out.push_back(value);
    return out;
}

bool all_are(const std::vector<std::int64_t>& values, std::int64_t wanted, std::size_t count) {
    return values.size() == count &&
           std::all_of(values.begin(), values.end(), [&](auto value) { return value == wanted; });
}

bool is_zero(const std::string& hex) {
    return hex.find('0') != std::string::npos && hex.find_first_not_of("0 \t") == std::string::npos;
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

void check_gate(pid_t pid, std::int64_t network_namespace) {
    const std::string gates = "net:[" + std::to_string(network_namespace) + "]";
    if (network_namespace == 0 || namespace_of(proc_path(pid, "ns/net")) != gates)
        throw Error("its network is not its gate's");
}

void check_mount(const std::vector<MountPoint>& found, const BindMount& planned) {
    const auto* const mount = find_mount(found, planned.container.string());
    if (!mount) throw Error("nothing is mounted at " + planned.container.string());
    if (planned.read_only && !mount->read_only) throw Error(planned.container.string() + " is not read-only");
}

// A mount whose root is masked shows the mask instead.
bool is_masked(const Plan& plan, const SurveyedMount& mount) {
    return std::none_of(plan.mounts.begin(), plan.mounts.end(), [&](const BindMount& planned) {
        return planned.container == mount.bind.container && planned.host == mount.bind.host;
    });
}

struct stat look_at(const std::string& path, const std::string& name) {
    struct stat info {};
    if (::stat(path.c_str(), &info) != 0) throw errno_error("cannot look at " + name, errno);
    return info;
}

void check_same(pid_t pid, const BindMount& mount, dev_t device, ino_t inode) {
    const auto info = look_at(proc_path(pid, "root") + mount.container.string(), mount.container.string());
    if (info.st_dev != device || info.st_ino != inode)
        throw Error(mount.host.string() + " was replaced while the sandbox started");
}

// What an overlay or a pin is made of is named to the engine by its path, and lies where another sandbox may write: had
// it been a link when the engine looked, something else would be mounted now.
void check_overlay(pid_t pid, const BindMount& mount, const std::vector<SurveyedMount>& sources) {
    const bool in_mount = std::any_of(sources.begin(), sources.end(), [&](const SurveyedMount& source) {
        return is_within(mount.host, source.bind.host);
    });
    if (in_mount) {
        const Source now = open_source(mount.host).value();
        return check_same(pid, mount, now.device, now.inode);
    }
    const auto own = look_at(mount.host.string(), mount.host.string());  // isag's: nobody else writes there
    check_same(pid, mount, own.st_dev, own.st_ino);
}

}  // namespace

ProcessRights parse_status(std::string_view text) {
    ProcessRights rights;
    rights.any_capability = false;
    std::istringstream in{std::string(text)};
    std::size_t capability_lines = 0;
    for (std::string line; std::getline(in, line);) {
        const auto colon = line.find(':');
        if (colon == std::string::npos) continue;
        const std::string key = line.substr(0, colon);
        const std::string value = line.substr(colon + 1);
        if (key == "Uid") rights.uids = numbers(value);
        if (key == "Gid") rights.gids = numbers(value);
        if (key == "Groups") rights.groups = numbers(value);
        if (key == "NoNewPrivs") rights.no_new_privileges = all_are(numbers(value), 1, 1);
        if (key == "Seccomp" && !numbers(value).empty()) rights.seccomp = numbers(value).front();
        if (std::find(capability_sets.begin(), capability_sets.end(), key) != capability_sets.end()) {
            ++capability_lines;
            if (!is_zero(value)) rights.any_capability = true;
        }
    }
    if (capability_lines != capability_sets.size()) rights.any_capability = true;  // what can't be seen counts as there
    return rights;
}

std::optional<Failure> check_rights(const ProcessRights& rights, const Person& agent) {
    if (agent.uid == 0 || agent.gid == 0) return Failure{"it was to be root"};
    if (!all_are(rights.uids, agent.uid, ids)) return Failure{"its user is not " + std::to_string(agent.uid)};
    if (!all_are(rights.gids, agent.gid, ids)) return Failure{"its group is not " + std::to_string(agent.gid)};
    if (!rights.groups) return Failure{"its supplementary groups can't be seen"};
    for (const auto group : *rights.groups)
        if (group == 0) return Failure{"it has the supplementary group 0"};
    if (rights.any_capability) return Failure{"it holds a capability"};
    if (!rights.no_new_privileges) return Failure{"no-new-privileges is not set"};
    if (rights.seccomp != 2) return Failure{"no seccomp filter is set"};
    return std::nullopt;
}

void verify_container(pid_t pid, const Plan& plan, const std::vector<SurveyedMount>& sources,
                      std::int64_t network_namespace) {
    try {
        const auto status = read_file(proc_path(pid, "status")).value();
        if (auto failure = check_rights(parse_status(status), plan.agent)) throw Error(*failure);
        check_namespaces(pid);
        check_gate(pid, network_namespace);
        const auto found = parse_mountinfo(read_file(proc_path(pid, "mountinfo")).value());
        for (const auto& mount : plan.mounts) {
            check_mount(found, mount);
            check_overlay(pid, mount, sources);
        }
        for (const auto& mount : sources)
            if (!is_masked(plan, mount)) check_same(pid, mount.bind, mount.source.device, mount.source.inode);
    } catch (const Error& error) {
        throw error.within("the sandbox is not what was asked for");
    }
}

}  // namespace isag::sandbox
