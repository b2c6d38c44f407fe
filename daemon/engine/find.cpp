// SPDX-License-Identifier: Apache-2.0
#include "daemon/engine/find.hpp"
#include "common/file.hpp"
#include "common/sha256.hpp"
#include <nlohmann/json.hpp>

namespace isag::engine {

using nlohmann::json;

namespace {

Result<Candidate> from_address(const std::string& address, const std::string& origin) {
    constexpr std::string_view scheme = "unix://";
    if (address.starts_with(scheme) && address.size() > scheme.size() + 1 && address[scheme.size()] == '/')
        return Candidate{address.substr(scheme.size()), origin};
    if (address.starts_with("tcp://"))
        return Failure{origin + " names " + address + ": an engine over TCP can't be used",
                       "isag hands descriptors between host and sandbox, which takes an engine on this machine's "
                       "kernel: name its unix:// socket"};
    return Failure{origin + " names " + address + ", which isag can't use", "name a unix:///path/to.sock"};
}

json read_json(const std::filesystem::path& path) {
    const auto text = read_file(path);
    if (!text) return json::object();
    json value = json::parse(*text, nullptr, false);
    return value.is_object() ? value : json::object();
}

std::string string_at(const json& value, const char* key) {
    const auto it = value.find(key);
    return it != value.end() && it->is_string() ? it->get<std::string>() : std::string();
}

// The docker CLI keeps contexts in folders named by the SHA-256 of their name (docs: "docker context").
Result<Candidate> from_context(const std::string& name, const std::filesystem::path& docker) {
    const auto meta = read_json(docker / "contexts/meta" / sha256_hex(name) / "meta.json");
    const std::string origin = "the docker context '" + name + "'";
    const json endpoints = meta.value("Endpoints", json::object());
    const json endpoint = endpoints.is_object() ? endpoints.value("docker", json::object()) : json::object();
    const std::string host = string_at(endpoint, "Host");
    if (host.empty()) return Failure{origin + " does not exist", "docker context ls shows those that do"};
    return from_address(host, origin);
}

std::vector<Candidate> defaults(const std::string& runtime) {
    std::vector<Candidate> out{{"/var/run/docker.sock", "the default", false}};
    if (runtime.empty()) return out;
    out.push_back({runtime + "/docker.sock", "rootless Docker", false});
    out.push_back({runtime + "/podman/podman.sock", "Podman", false});
    return out;
}

}  // namespace

std::vector<std::filesystem::path> known_sockets(const std::string& used, const Directories& directories) {
    const auto runtime = directories.runtime.parent_path();
    return {used,
            "/var/run/docker.sock",
            "/run/docker.sock",
            "/run/podman/podman.sock",
            "/run/containerd/containerd.sock",
            "/run/crio/crio.sock",
            runtime / "docker.sock",
            runtime / "podman/podman.sock"};
}

Result<std::vector<Candidate>> find_candidates(const std::string& setting, const Environment& environment,
                                               const Directories& directories) {
    const auto only = [](const Result<Candidate>& one) -> Result<std::vector<Candidate>> {
        if (!one) return one.error();
        return std::vector<Candidate>{*one};
    };
    const std::string runtime = find(environment, "XDG_RUNTIME_DIR").value_or("");
    if (setting == "podman") return std::vector<Candidate>{{runtime + "/podman/podman.sock", "isagd.yaml", false}};
    if (setting != "auto") return only(from_address(setting, "isagd.yaml's engine"));
    if (const auto host = find(environment, "DOCKER_HOST"); host && !host->empty())
        return only(from_address(*host, "DOCKER_HOST"));

    const auto docker =
        std::filesystem::path(find(environment, "DOCKER_CONFIG").value_or((directories.home / ".docker").string()));
    std::string context = find(environment, "DOCKER_CONTEXT").value_or("");
    if (context.empty()) context = string_at(read_json(docker / "config.json"), "currentContext");
    if (!context.empty() && context != "default") return only(from_context(context, docker));
    return defaults(runtime);
}

}  // namespace isag::engine
