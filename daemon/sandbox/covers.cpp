// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/covers.hpp"
#include "daemon/sandbox/refusal.hpp"
#include <algorithm>
#include <optional>

namespace fs = std::filesystem;

namespace isag::sandbox {
namespace {

using proto::cover::Kind;

// The innermost of the person's mounts that holds it.
const BindMount* holder_of(const fs::path& place, const std::vector<BindMount>& persons) {
    const BindMount* holder = nullptr;
    for (const auto& mount : persons)
        if (is_within(place, mount.container) && (!holder || is_within(mount.container, holder->container)))
            holder = &mount;
    return holder;
}

// Nothing where it is a mount of isag's own, which hides nothing of the person's.
std::optional<Kind> kind_of(const BindMount& mount, const fs::path& host, const EmptySources& empty) {
    if (mount.host == empty.file) return Kind::empty_file;
    if (mount.host == empty.folder) return Kind::empty_folder;
    if (mount.host != host) return std::nullopt;
    return mount.read_only ? Kind::read_only : Kind::pin;
}

}  // namespace

std::vector<Covered> covered_by(const std::vector<BindMount>& planned, const std::vector<BindMount>& persons,
                                const EmptySources& empty) {
    std::vector<Covered> out;
    for (const auto& mount : planned) {
        if (std::find(persons.begin(), persons.end(), mount) != persons.end()) continue;
        const auto* const holder = holder_of(mount.container, persons);
        if (!holder) continue;
        const auto inside = mount.container.lexically_relative(holder->container);
        const fs::path host = inside == "." ? holder->host : holder->host / inside;
        if (const auto kind = kind_of(mount, host, empty))
            out.push_back({proto::cover::to_text({*kind, mount.container.string()}), host.string()});
    }
    return out;
}

std::vector<Covered> missing_from(const std::vector<MountPoint>& found, const std::vector<Covered>& covered) {
    std::vector<Covered> out;
    for (const auto& one : covered) {
        const auto cover = proto::cover::from_text(one.cover);
        const auto* const mount = cover ? find_mount(found, cover->path) : nullptr;
        if (!mount || (cover->kind != Kind::pin && !mount->read_only)) out.push_back(one);
    }
    return out;
}

std::vector<Covered> read_only_among(const std::vector<Covered>& covered) {
    std::vector<Covered> out;
    for (const auto& one : covered) {
        const auto cover = proto::cover::from_text(one.cover);
        if (cover && cover->kind == Kind::read_only) out.push_back(one);
    }
    return out;
}

Covered to_check(const Covered& covered) {
    auto cover = proto::cover::from_text(covered.cover).value();
    cover.kind = Kind::check;
    return {proto::cover::to_text(cover), covered.host};
}

}  // namespace isag::sandbox
