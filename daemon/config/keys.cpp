// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/keys.hpp"
#include "common/key_names.hpp"
#include "daemon/config/defaults.hpp"
#include "daemon/config/gpu_value.hpp"
#include "daemon/config/network_values.hpp"
#include "daemon/config/path_values.hpp"
#include "daemon/config/rules.hpp"
#include "daemon/config/values.hpp"

namespace isag::config {
namespace {

constexpr std::int64_t oldest_node = 18;       // older ones run no agent CLI
constexpr std::int64_t most_pids = 4'194'304;  // the kernel's own limit on 64-bit machines

Section<Agent> agent_keys() {
    return {{
        key({"vendor"}, &Agent::vendor, Choice<Vendor>{{{"claude", Vendor::claude}, {"codex", Vendor::codex}}}),
        key({"yolo_mode"}, &Agent::yolo_mode, Flag{}),
        key({"host_home"}, &Agent::host_home, HostPath{}, Node::string(default_host_home)),
        key({"cli_version"}, &Agent::cli_version,
            Text{"latest, a version such as 2.1.0, or a dist-tag of a-z, 0-9 and -", is_cli_version}),
    }};
}

Section<Container> container_keys() {
    const Text package{"Debian package names: a-z, 0-9, +, . and -, a letter or digit first", is_package_name};
    const Text network{"an existing network's name: letters, digits, _, . and -, at most 63", is_network_name};
    return {{
        key({"name"}, &Container::name,
            Text{"a-z, 0-9, _, . and -, a letter or digit first, at most 63", is_container_name}),
        key({"base_image", "image"}, &Container::base_image,
            Text{"an image reference such as ubuntu:24.04", is_image_reference, image_reference}),
        key({"python"}, &Container::python, Text{"a version X.Y such as 3.12", is_python_version}),
        key({"node"}, &Container::node, OrNull<Integer>{{oldest_node, 99}}),
        key({"user"}, &Container::user,
            Text{"a-z, 0-9, _ and -, a letter or _ first, at most 32, and not root", is_user_name}),
        key({"host_cache_dir"}, &Container::host_cache_dir, HostPath{}, Node::string(default_host_cache_dir)),
        key({"extra_packages"}, &Container::extra_packages, ListOf<Text>{package, {"a list of Debian package names"}}),
        whole<Container>("gpu", GpuChoice{}),
        key({"external_networks"}, &Container::external_networks,
            ListOf<Text>{network, {.allowed = "a list of existing networks' names", .claims = "the network"}}),
        key({"cpus"}, &Container::cpus, Processors{}),
        key({"memory"}, &Container::memory, Bytes{}),
        key({"pids"}, &Container::pids, Integer{1, most_pids}),
        key({"runtime"}, &Container::runtime,
            OrNull<Text>{{"a runtime that the engine knows, such as runsc, or null", is_runtime_name}}),
        whole<Container>("ca_certificates", Certificates{}),
    }};
}

Section<LimitNetwork> network_keys() {
    return {{
        key({"dns"}, &LimitNetwork::dns,
            ListOf<ResolverText>{{},
                                 {.allowed = "a list of one or more IPv4 addresses, or null for the host's resolvers",
                                  .may_be_empty = false}}),
        key({"domains"}, &LimitNetwork::domains,
            ListOf<DomainEntry>{{},
                                {.allowed = "a list of names; [] for the vendor's own only", .null_is_empty = false}}),
    }};
}

Section<Exclude> exclude_keys() {
    const Text pattern{"a pattern such as **/.env*, relative, without . and ..", is_path_pattern};
    return {{
        key({"files"}, &Exclude::files,
            ListOf<HostPath>{{}, {.allowed = "a list of files, or null", .claims = "the path"}}),
        key({"folders"}, &Exclude::folders,
            ListOf<HostPath>{{}, {.allowed = "a list of folders, or null", .claims = "the path"}}),
        key({"globs"}, &Exclude::globs,
            ListOf<Text>{pattern, {.allowed = "a list of patterns, or null", .claims = "the pattern"}}),
    }};
}

Section<Terminal> terminal_keys() {
    return {{
        key({"clipboard"}, &Terminal::clipboard,
            Choice<Clipboard>{{{"ask", Clipboard::ask}, {"allow", Clipboard::allow}, {"deny", Clipboard::deny}}}),
        key({"detach_keys"}, &Terminal::detach_keys,
            Text{"keys such as ctrl-p,ctrl-q, or '' for none",
                 [](std::string_view keys) { return bool(parse_keys(keys)); }}),
    }};
}

Section<Config> make_keys() {
    const Text pattern{"a pattern relative to the project, without . and ..", is_path_pattern};
    return {{
        key({"project"}, &Config::project, ProjectMount{}, Node::string(default_project)),
        key({"agent"}, &Config::agent, agent_keys()),
        key({"container"}, &Config::container, container_keys()),
        key({"limit_network"}, &Config::limit_network, OrNull<Section<LimitNetwork>>{network_keys()}),
        key({"terminal"}, &Config::terminal, terminal_keys()),
        whole<Config>("mounts", MountList{}),
        key({"exclude"}, &Config::exclude, exclude_keys()),
        key({"protect"}, &Config::protect, ListOf<Text>{pattern, {"a list of patterns, or null"}}),
        key({"env"}, &Config::env, Variables{}),
        key({"env_files"}, &Config::env_files, ListOf<HostPath>{{}, {"a list of files, or null"}}),
    }};
}

}  // namespace

const Section<Config>& all_keys() {
    static const Section<Config> keys = make_keys();
    return keys;
}

}  // namespace isag::config
