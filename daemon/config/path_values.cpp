// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/path_values.hpp"
#include "daemon/config/path.hpp"
#include "daemon/config/values.hpp"
#include <optional>
#include <string_view>
#include <utility>

namespace isag::config {
namespace {

constexpr const char* mount_form = "host:container:ro or host:container:rw";

ListOf<MountText> mount_list() { return {{}, {"a list of host:container:ro|rw, or null"}}; }
ListOf<HostPath> file_list() {
    return {{}, {.allowed = "host (the host's own), a list of files, or null", .may_be_empty = false}};
}

struct MountParts {
    std::string_view host;
    std::string_view container;
    std::string_view access;
};

std::optional<MountParts> split_mount(std::string_view text) {
    const std::size_t second = text.rfind(':');
    if (second == std::string_view::npos || second == 0) return std::nullopt;
    const std::size_t first = text.rfind(':', second - 1);
    if (first == std::string_view::npos || first == 0) return std::nullopt;
    return MountParts{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

std::string container_claim(const std::filesystem::path& path) { return "the container path " + path.string(); }

}  // namespace

bool HostPath::read(const Spot& spot, std::filesystem::path& out) const {
    const auto text = spot.text("a path on the host");
    if (!text) return false;
    auto path = host_path(*text, spot.reading().base, spot.reading().environment);
    if (!path) return spot.wrong("found " + describe(spot.node()) + ": " + path.error().message);
    out = std::move(*path);
    return true;
}

Node HostPath::write(const std::filesystem::path& value) const { return Node::string(escape_path(value)); }

bool MountText::read(const Spot& spot, Mount& out) const {
    const auto text = spot.text(mount_form);
    if (!text) return false;
    const auto parts = split_mount(*text);
    if (!parts || (parts->access != "ro" && parts->access != "rw")) return spot.refuse(mount_form);
    auto host = host_path(parts->host, spot.reading().base, spot.reading().environment);
    auto container = container_path(parts->container);
    const std::string found = "found " + describe(spot.node()) + ": ";
    if (!host) spot.wrong(found + host.error().message);
    if (!container) spot.wrong(found + container.error().message);
    if (!host || !container || !spot.claim(container_claim(*container))) return false;
    const Access access = parts->access == "ro" ? Access::read_only : Access::read_write;
    out = {std::move(*host), std::move(*container), access, spot.key()};
    return true;
}

Node MountText::write(const Mount& value) const {
    const char* access = value.access == Access::read_only ? ":ro" : ":rw";
    return Node::string(escape_path(value.host) + ":" + value.container.string() + access);
}

bool ProjectMount::read(const Spot& spot, Mount& out) const {
    if (!MountText::read(spot, out)) return false;
    spot.reading().base = out.host;
    return true;
}

bool MountList::read(const Spot& spot, Config& out) const {
    auto& claims = spot.reading().claims;
    const std::filesystem::path home = out.container.home();
    claims.emplace(container_claim(home / ("." + std::string(name_of(out.agent.vendor)))), "agent.host_home");
    claims.emplace(container_claim(home / ".cache"), "container.host_cache_dir");
    return mount_list().read(spot, out.mounts);
}

Node MountList::write(const Config& value) const { return mount_list().write(value.mounts); }

bool Certificates::read(const Spot& spot, Container& out) const {
    const Node& node = spot.node();
    out.ca_files.clear();
    out.ca_certificates = CaCertificates::listed;
    if (node.is_null()) out.ca_certificates = CaCertificates::none;
    if (node.is_scalar() && node.text == "host") out.ca_certificates = CaCertificates::host;
    return out.ca_certificates != CaCertificates::listed || file_list().read(spot, out.ca_files);
}

Node Certificates::write(const Container& value) const {
    if (value.ca_certificates == CaCertificates::none) return {};
    if (value.ca_certificates == CaCertificates::host) return Node::string("host");
    return file_list().write(value.ca_files);
}

}  // namespace isag::config
