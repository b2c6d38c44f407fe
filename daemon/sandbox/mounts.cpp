// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/mounts.hpp"
#include "daemon/sandbox/refusal.hpp"
#include <algorithm>
#include <map>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

class Layout {
public:
    Layout(const std::vector<BindMount>& mounts, const EmptySources& empty) : mounts_(mounts), empty_(empty) {
        for (const auto& mount : mounts) by_container_[mount.container] = mount;
    }

    void add(const Overlay& overlay) {
        for (const auto& mount : mounts_) {
            if (!is_within(overlay.host, mount.host)) continue;
            if (overlay.kind == Overlay::Kind::read_only && mount.read_only) continue;
            const fs::path inside =
                overlay.host == mount.host ? fs::path() : overlay.host.lexically_relative(mount.host);
            const fs::path place = inside.empty() ? mount.container : mount.container / inside;
            if (covered(place, mount)) continue;
            if (!mount.read_only) pin_ancestors(mount, inside);
            put(place, overlay);
        }
    }

    std::vector<BindMount> take() const {
        std::vector<BindMount> out;
        for (const auto& [container, mount] : by_container_) out.push_back(mount);
        const auto depth = [](const BindMount& mount) {
            return std::distance(mount.container.begin(), mount.container.end());
        };
        std::stable_sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return depth(a) < depth(b); });
        return out;
    }

private:
    bool covered(const fs::path& place, const BindMount& by) const {
        return std::any_of(mounts_.begin(), mounts_.end(), [&](const BindMount& other) {
            return other.container != by.container && is_within(other.container, by.container) &&
                   is_within(place, other.container);
        });
    }

    void pin_ancestors(const BindMount& mount, const fs::path& inside) {
        BindMount pin = mount;
        for (const auto& part : inside.parent_path()) {
            pin.host /= part;
            pin.container /= part;
            by_container_.try_emplace(pin.container, pin);
        }
    }

    // What hides wins over what is only read-only, whatever came first.
    void put(const fs::path& place, const Overlay& overlay) {
        auto& slot = by_container_[place];
        const bool hidden = slot.host == empty_.file || slot.host == empty_.folder;
        switch (overlay.kind) {
            case Overlay::Kind::empty_file:
                slot = {empty_.file, place, true};
                break;
            case Overlay::Kind::empty_folder:
                slot = {empty_.folder, place, true};
                break;
            case Overlay::Kind::read_only:
                if (!hidden) slot = {overlay.host, place, true};
        }
    }

    const std::vector<BindMount>& mounts_;
    const EmptySources& empty_;
    std::map<fs::path, BindMount> by_container_;
};

}  // namespace

std::vector<BindMount> lay_out(const std::vector<BindMount>& mounts, const std::vector<Overlay>& overlays,
                               const EmptySources& empty) {
    Layout layout(mounts, empty);
    std::vector<Overlay> sorted = overlays;  // hidden folders first: nothing need be laid over what they cover
    std::stable_sort(sorted.begin(), sorted.end(), [](const Overlay& a, const Overlay& b) {
        return (a.kind == Overlay::Kind::empty_folder) > (b.kind == Overlay::Kind::empty_folder);
    });
    std::vector<fs::path> hidden;
    for (const auto& overlay : sorted) {
        const bool below_hidden = std::any_of(hidden.begin(), hidden.end(), [&](const fs::path& folder) {
            return overlay.host != folder && is_within(overlay.host, folder);
        });
        if (below_hidden) continue;
        layout.add(overlay);
        if (overlay.kind == Overlay::Kind::empty_folder) hidden.push_back(overlay.host);
    }
    return layout.take();
}

}  // namespace isag::sandbox
