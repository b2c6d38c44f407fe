// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace isag::engine {

struct Info {
    std::string kernel;   // uname -r of where containers run
    std::string system;   // "Debian GNU/Linux 12 (bookworm)", "Docker Desktop"
    std::string version;  // of the engine
    std::int64_t cpus = 0;
    std::int64_t memory = 0;               // bytes
    std::vector<std::string> runtimes;     // "runc", "nvidia", ...
    std::string default_runtime;           // of containers that name none
    std::vector<std::string> security;     // "name=seccomp,profile=default", "name=rootless", ...
    std::vector<std::string> cdi_devices;  // "nvidia.com/gpu=all", ... (Engine 28 and later)
    bool rootless = false;
    bool podman = false;
    // Rootless Docker: uid 0 of a container is, seen from the host, the person who runs the engine, and the person's
    // own uid is somebody else inside. (Rootless Podman can keep the uid.)
    bool root_is_person() const { return rootless && !podman; }
};

struct Image {
    std::string id;  // "sha256:…"
    std::vector<std::string> tags;
    std::map<std::string, std::string> labels;
    std::vector<std::string> layers;  // "sha256:…" of each one's tar archive
    std::int64_t created = 0;         // seconds since the epoch; of one that was listed
};

struct ContainerState {
    std::string id;
    std::string name;
    std::string status;  // created, running, exited, ...
    bool running = false;
    std::int64_t pid = 0;  // on the host; 0 when not running
    std::int64_t exit_code = 0;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::vector<std::string>> aliases;  // by network: what others there may call it
};

struct Network {
    std::string id;
    std::string name;
    std::string driver;
    std::map<std::string, std::string> labels;
    std::map<std::string, std::string> options;
    std::vector<std::string> gateways;
    std::map<std::string, std::vector<std::string>> containers;  // by id, the addresses of those that run on it
};

struct BuildOptions {
    std::string tag;
    std::string context;  // a tar archive with a Dockerfile at its top
    std::map<std::string, std::string> arguments;
    std::map<std::string, std::string> labels;
    bool no_cache = false;
};

}  // namespace isag::engine
