// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

// An isag.yaml as values: defaults filled in, names normalised, every host path absolute. Nothing here was looked up on
// the disk; that is the plan's work.
namespace isag::config {

enum class Access { read_only, read_write };
enum class Vendor { claude, codex };
enum class Gpu { none, all, listed };
enum class CaCertificates { host, listed, none };
enum class Clipboard { ask, allow, deny };

struct Mount {
    std::filesystem::path host;
    std::filesystem::path container;
    Access access = Access::read_only;
    std::string key;  // where it stands in the file, for messages: "project", "mounts[1]"
    bool operator==(const Mount&) const = default;
};

struct Agent {
    Vendor vendor = Vendor::claude;
    bool yolo_mode = true;
    std::filesystem::path host_home;
    std::string cli_version = "latest";
    bool operator==(const Agent&) const = default;
};

struct Container {
    std::string name = "isag";
    std::string base_image = "ubuntu:24.04";
    std::string python = "3.12";       // X.Y
    std::optional<std::int64_t> node;  // major version; none: what the image step chooses
    std::string user = "isag";
    std::filesystem::path host_cache_dir;
    std::vector<std::string> extra_packages;
    Gpu gpu = Gpu::none;
    std::vector<std::string> gpu_ids;  // where gpu is listed
    std::vector<std::string> external_networks;
    double cpus = 0;           // 0: as many as the host has
    std::int64_t memory = 0;   // bytes; 0: three quarters of the host's
    std::int64_t pids = 4096;  // processes and threads
    std::optional<std::string> runtime;
    CaCertificates ca_certificates = CaCertificates::host;
    std::vector<std::filesystem::path> ca_files;  // where ca_certificates is listed

    std::string home() const { return "/home/" + user; }
    bool operator==(const Container&) const = default;
};

// `example.com`, `*.example.com`, each with its ports (none: any).
struct DomainRule {
    bool wildcard = false;
    std::string name;  // lower-case, without "*."
    std::vector<std::int64_t> ports;
    bool allow_private = false;
    std::string text() const;  // as it is written in the file: *.example.com:443,8443
    bool operator==(const DomainRule&) const = default;
};

struct Resolver {
    std::string address;
    std::int64_t port = 53;
    std::string text() const;  // as it is written in the file: the port only where it is not 53
    bool operator==(const Resolver&) const = default;
};

struct LimitNetwork {
    std::vector<Resolver> dns;        // empty: the host's
    std::vector<DomainRule> domains;  // the vendor's own names not among them
    bool operator==(const LimitNetwork&) const = default;
};

struct Exclude {
    std::vector<std::filesystem::path> files;
    std::vector<std::filesystem::path> folders;
    std::vector<std::string> globs;  // relative to each mount's root
    bool operator==(const Exclude&) const = default;
};

// What the agent's output may do to the person's terminal.
struct Terminal {
    Clipboard clipboard = Clipboard::ask;       // writes to it; reads never
    std::string detach_keys = "ctrl-p,ctrl-q";  // as parse_keys() takes them (common/key_names.hpp)
    bool operator==(const Terminal&) const = default;
};

struct Config {
    std::filesystem::path file;  // the isag.yaml itself
    Mount project;
    Agent agent;
    Container container;
    std::optional<LimitNetwork> limit_network;  // none: no firewall
    Terminal terminal;
    std::vector<Mount> mounts;
    Exclude exclude;
    std::vector<std::string> protect;  // patterns relative to the project
    std::map<std::string, std::string> env;
    std::vector<std::filesystem::path> env_files;
    bool operator==(const Config&) const = default;
};

const char* name_of(Vendor vendor);
const char* name_of(Clipboard clipboard);

// What a file that says nothing means, but for the host paths, which parse() fills in: they start from the environment
// and the file's folder.
Config default_config();

}  // namespace isag::config
