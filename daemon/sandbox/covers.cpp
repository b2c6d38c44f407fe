// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/covers.hpp"
#include "daemon/sandbox/refusal.hpp"
#include <optional>

namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

using proto::cover::Kind;

// The innermost of the person's mounts that this one lies in.
const BindMount* holder_of(const BindMount& planned, const std::vector<BindMount>& persons) {
    const BindMount* holder = nullptr;
    for (const auto& mount : persons) {
        const bool is_further_in = !holder || is_within(mount.container, holder->container);
        if (mount != planned && is_further_in && is_within(planned.container, mount.container)) holder = &mount;
    }
    return holder;
}

std::string root_of(const fs::path& host, const std::vector<BindMount>& persons) {
    fs::path root = host;
    for (const auto& mount : persons)
        if (is_within(root, mount.host)) root = mount.host;
    return root.string();
}

// Nothing where something else was mounted there, which is none of isag's covers.
std::optional<Kind> kind_of(const BindMount& mount, const fs::path& host, const EmptySources& empty) {
    if (mount.host == empty.file) return Kind::empty_file;
    if (mount.host == empty.folder) return Kind::empty_folder;
    if (mount.host != host) return std::nullopt;
    return mount.read_only ? Kind::read_only : Kind::pin;
}

// A mount that hides shows isag's empty file or folder, and not what lay at another place that was renamed.
bool is_that(const MountPoint& mount, Kind kind) {
    if (kind == Kind::empty_file && !mount.root.ends_with("/empty-file")) return false;
    if (kind == Kind::empty_folder && !mount.root.ends_with("/empty-folder")) return false;
    return kind == Kind::pin || mount.read_only;
}

}  // namespace

std::vector<Covered> covered_by(const std::vector<BindMount>& planned, const std::vector<BindMount>& persons,
                                const EmptySources& empty) {
    std::vector<Covered> out;
    for (const auto& mount : planned) {
        const auto* const holder = holder_of(mount, persons);
        if (!holder) continue;
        const auto inside = mount.container.lexically_relative(holder->container);
        const fs::path host = inside == "." ? holder->host : holder->host / inside;
        if (const auto kind = kind_of(mount, host, empty))
            out.push_back(
                {proto::cover::to_text({*kind, mount.container.string()}), host.string(), root_of(host, persons)});
    }
    return out;
}

std::vector<Covered> missing_from(const std::vector<MountPoint>& found, const std::vector<Covered>& covered) {
    std::vector<Covered> out;
    for (const auto& one : covered) {
        const auto cover = proto::cover::from_text(one.cover);
        const auto* const mount = cover ? find_mount(found, cover->path) : nullptr;
        if (!mount || !is_that(*mount, cover->kind)) out.push_back(one);
    }
    return out;
}

}  // namespace isag::sandbox
