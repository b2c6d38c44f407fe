// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/ssh_config.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include "daemon/api/artifacts.hpp"
#include <algorithm>
#include <cctype>
#include <spdlog/spdlog.h>
#include <unistd.h>

namespace isag::api {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_public_key = 4096;

fs::path ssh_known_hosts_file(const Directories& directories) { return directories.state / "ssh_known_hosts"; }

// ssh expands % in paths and commands, and before OpenSSH 8.7 no quote can stand within quotes.
bool fits_ssh_config(const std::string& path) {
    return std::none_of(path.begin(), path.end(),
                        [](unsigned char c) { return c < ' ' || c == 0x7f || c == '"' || c == '\\' || c == '$'; });
}

std::string percent_doubled(const std::string& text) {
    std::string out;
    for (const char c : text) out += c == '%' ? "%%" : std::string(1, c);
    return out;
}

// Quotes only where they are needed: IDEs read these lines by parsers of their own, some of which take no quotes.
bool is_plain(const std::string& word) {
    return !word.empty() && std::all_of(word.begin(), word.end(), [](unsigned char c) {
        return std::isalnum(c) || c == '/' || c == '.' || c == '_' || c == '-' || c == '+' || c == '@';
    });
}

std::string path_argument(const std::string& path) {
    return is_plain(path) ? path : "\"" + percent_doubled(path) + "\"";
}

// For the shell that ssh gives the command to, and for ssh before it.
std::string shell_argument(const std::string& word) {
    if (is_plain(word)) return word;
    std::string out = "'";
    for (const char c : word) out += c == '\'' ? "'\\''" : std::string(1, c);
    return percent_doubled(out + "'");
}

std::string entry_of(const proto::SshHost& host, const fs::path& client) {
    if (!fits_ssh_config(host.identity_file) || !fits_ssh_config(host.known_hosts_file))
        return "# " + host.host + ": ssh_config(5) cannot hold " + escape_controls(host.identity_file) + "\n";
    return "Host " + host.host + "\n" + "    User " + host.user + "\n" + "    IdentityFile " +
           path_argument(host.identity_file) + "\n" +
           "    IdentitiesOnly yes\n"
           "    IdentityAgent none\n"
           "    PreferredAuthentications publickey\n"
           "    UpdateHostKeys no\n"
           "    HostKeyAlias " +
           host.host + "\n" + "    UserKnownHostsFile " + path_argument(host.known_hosts_file) + "\n" +
           "    GlobalKnownHostsFile /dev/null\n"
           "    StrictHostKeyChecking yes\n"
           "    ForwardAgent no\n"
           "    ForwardX11 no\n"
           "    ProxyCommand " +
           shell_argument(client.string()) + " proxy --exact " + host.name + "\n" + "    ProxyUseFdpass yes\n";
}

void put_if_new(const fs::path& file, const std::string& text) {
    if (const auto there = read_file(file); there && *there == text) return;
    write_file(file, text, 0600, Sync::no);
}

// "isag-web ssh-ed25519 AAAA…"; of those without a key nothing.
std::string known_hosts(const std::vector<proto::SshHost>& hosts) {
    std::string out;
    for (const auto& host : hosts) {
        const auto folder = fs::path(host.identity_file).parent_path();
        const auto key = read_file(folder / "ssh_host_ed25519_key.pub", largest_public_key);
        if (key && key->find('\n') == key->size() - 1) out += host.host + " " + *key;
    }
    return out;
}

}  // namespace

fs::path ssh_config_file(const Directories& directories) { return directories.state / "ssh_config"; }

std::vector<proto::SshHost> ssh_hosts(const Daemon& daemon) {
    std::vector<proto::SshHost> out;
    for (const auto& sandbox : daemon.registry.list()) {
        const auto& record = sandbox->record();
        if (sandbox->status() != sandbox::Sandbox::Status::running || !record.user) continue;
        const auto keys = artifacts_folder(daemon.directories.cache, record.config) / "ssh";
        proto::SshHost host;
        host.host = std::string(ssh_host_prefix) + record.name;
        host.name = record.name;
        host.user = *record.user;
        host.identity_file = (keys / "id_ed25519").string();
        host.known_hosts_file = ssh_known_hosts_file(daemon.directories).string();
        host.directory = record.directory.value_or("");
        out.push_back(std::move(host));
    }
    return out;
}

std::string ssh_config_text(const std::vector<proto::SshHost>& hosts, const fs::path& client) {
    std::string out = "# The sandboxes that run, kept by isagd: 'isag ssh-config --install' includes it.\n";
    for (const auto& host : hosts) out += "\n" + entry_of(host, client);
    return out;
}

fs::path client_program() {
    static const fs::path found = [] {
        std::error_code error;
        const fs::path here = fs::read_symlink("/proc/self/exe", error).parent_path();
        for (const fs::path& candidate : {here / "isag", here / "../client/isag"})
            if (::access(candidate.c_str(), X_OK) == 0) return fs::canonical(candidate, error);
        return fs::path("isag");
    }();
    return found;
}

void write_ssh_config(const Daemon& daemon) {
    try {
        const auto hosts = ssh_hosts(daemon);
        put_if_new(ssh_known_hosts_file(daemon.directories), known_hosts(hosts));
        put_if_new(ssh_config_file(daemon.directories), ssh_config_text(hosts, client_program()));
    } catch (const Error& error) {
        spdlog::warn("the ssh entries are not up to date: {}", error.message());
    }
}

}  // namespace isag::api
