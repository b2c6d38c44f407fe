// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {
namespace {

struct GoodFile {
    const char* name;
    const char* yaml;
    bool (*means)(const Config&);
};

const std::vector<std::string>& packages(const Config& c) { return c.container.extra_packages; }
const DomainRule& first_domain(const Config& c) { return c.limit_network->domains.at(0); }
const Resolver& first_resolver(const Config& c) { return c.limit_network->dns.at(0); }

const GoodFile general_files[] = {
    {"an empty file is all defaults", "",
     [](const Config& c) {
         return c.project.host == "/srv/demo" && c.project.container == "/workspace/project" &&
                c.project.access == Access::read_write && c.agent.host_home == "/home/ann/agents" &&
                c.container.host_cache_dir == "/home/ann/isag-cache" && c.limit_network->domains.size() == 8 &&
                c.limit_network->dns.empty() && c.protect.size() == 7 && c.container.pids == 4096;
     }},
    {"only comments", "# nothing\n", [](const Config& c) { return c.container.base_image == "ubuntu:24.04"; }},
    {"a project alone", "project: .:/workspace/project:rw\n",
     [](const Config& c) { return c.project.host == "/srv/demo" && c.project.key == "project"; }},
    {"a document marker", "---\nproject: .:/p:ro\n...\n", [](const Config& c) { return c.project.container == "/p"; }},
    {"a section without keys", "agent:\ncontainer:\n", [](const Config& c) { return c.agent.yolo_mode; }},
    {"flow style", "{agent: {vendor: codex}}", [](const Config& c) { return c.agent.vendor == Vendor::codex; }},
    {"carriage returns", "agent:\r\n  vendor: codex\r\n",
     [](const Config& c) { return c.agent.vendor == Vendor::codex; }},
    {"an anchor and its alias", "exclude:\n  files: &f [a]\nenv_files: *f\n",
     [](const Config& c) { return c.env_files == c.exclude.files; }},
};

const GoodFile agent_files[] = {
    {"yolo_mode off in an older word", "agent: {yolo_mode: No}", [](const Config& c) { return !c.agent.yolo_mode; }},
    {"a version of the agent", "agent: {cli_version: 2.1.0-beta.1}",
     [](const Config& c) { return c.agent.cli_version == "2.1.0-beta.1"; }},
    {"a dist-tag", "agent: {cli_version: stable}", [](const Config& c) { return c.agent.cli_version == "stable"; }},
    {"a home of the agent's relative to the project", "project: /code/x:/p:rw\nagent: {host_home: homes}",
     [](const Config& c) { return c.agent.host_home == "/code/x/homes"; }},
    {"the project is read first wherever it stands", "agent: {host_home: homes}\nproject: sub:/p:rw\n",
     [](const Config& c) { return c.agent.host_home == "/srv/demo/sub/homes"; }},
};

const GoodFile container_files[] = {
    {"python 3.10 stays 3.10", "container: {python: 3.10}",
     [](const Config& c) { return c.container.python == "3.10"; }},
    {"python in quotes", "container: {python: '3.14'}", [](const Config& c) { return c.container.python == "3.14"; }},
    {"image is another name", "container: {image: debian:12}",
     [](const Config& c) { return c.container.base_image == "debian:12"; }},
    {"ubuntu24.04 is ubuntu:24.04", "container: {image: ubuntu24.04}",
     [](const Config& c) { return c.container.base_image == "ubuntu:24.04"; }},
    {"debian12 is debian:12", "container: {base_image: debian12}",
     [](const Config& c) { return c.container.base_image == "debian:12"; }},
    {"an image of a registry with a port", "container: {base_image: 'localhost:5000/team/x/y:1.0'}",
     [](const Config& c) { return c.container.base_image == "localhost:5000/team/x/y:1.0"; }},
    {"packages", "container: {extra_packages: [g++, libc6-dev, 7zip]}",
     [](const Config& c) {
         return packages(c) == std::vector<std::string>{"g++", "libc6-dev", "7zip"};
     }},
    {"packages null", "container: {extra_packages: null}", [](const Config& c) { return packages(c).empty(); }},
    {"gpu true", "container: {gpu: true}", [](const Config& c) { return c.container.gpu == Gpu::all; }},
    {"gpu all", "container: {gpu: all}", [](const Config& c) { return c.container.gpu == Gpu::all; }},
    {"gpu false", "container: {gpu: false}", [](const Config& c) { return c.container.gpu == Gpu::none; }},
    {"gpu ids", "container: {gpu: [0, GPU-1a2b]}",
     [](const Config& c) {
         return c.container.gpu == Gpu::listed && c.container.gpu_ids == std::vector<std::string>{"0", "GPU-1a2b"};
     }},
    {"networks", "container: {external_networks: [Team_net]}",
     [](const Config& c) { return c.container.external_networks.at(0) == "Team_net"; }},
    {"processors", "container: {cpus: 2.5}", [](const Config& c) { return c.container.cpus == 2.5; }},
    {"memory in bytes", "container: {memory: 1073741824}",
     [](const Config& c) { return c.container.memory == 1 << 30; }},
    {"memory in megabytes", "container: {memory: 512m}",
     [](const Config& c) { return c.container.memory == 512 << 20; }},
    {"memory in gibibytes", "container: {memory: 8GiB}",
     [](const Config& c) { return c.container.memory == 8LL << 30; }},
    {"no memory limit", "container: {memory: 0}", [](const Config& c) { return c.container.memory == 0; }},
    {"processes", "container: {pids: 100}", [](const Config& c) { return c.container.pids == 100; }},
    {"a runtime", "container: {runtime: runsc}", [](const Config& c) { return c.container.runtime == "runsc"; }},
    {"no runtime", "container: {runtime: null}", [](const Config& c) { return !c.container.runtime; }},
    {"node", "container: {node: 22}", [](const Config& c) { return c.container.node == 22; }},
    {"certificates of the host", "container: {ca_certificates: host}",
     [](const Config& c) { return c.container.ca_certificates == CaCertificates::host; }},
    {"no certificates", "container: {ca_certificates: null}",
     [](const Config& c) { return c.container.ca_certificates == CaCertificates::none; }},
    {"listed certificates", "container: {ca_certificates: [~/ca.pem]}",
     [](const Config& c) {
         return c.container.ca_certificates == CaCertificates::listed &&
                c.container.ca_files.at(0) == "/home/ann/ca.pem";
     }},
};

const GoodFile network_files[] = {
    {"no firewall", "limit_network: null", [](const Config& c) { return !c.limit_network; }},
    {"a map without keys keeps the default domains", "limit_network: {}",
     [](const Config& c) { return c.limit_network->domains.size() == 8; }},
    {"no domains but the vendor's", "limit_network: {domains: []}",
     [](const Config& c) { return c.limit_network->domains.empty(); }},
    {"a domain in capitals with a dot", "limit_network: {domains: [GitHub.com.]}",
     [](const Config& c) { return first_domain(c).text() == "github.com"; }},
    {"a wildcard", "limit_network: {domains: ['*.example.com']}",
     [](const Config& c) { return first_domain(c).wildcard && first_domain(c).name == "example.com"; }},
    {"ports", "limit_network: {domains: ['*.example.com:443,8443']}",
     [](const Config& c) {
         return first_domain(c).ports == std::vector<std::int64_t>{443, 8443};
     }},
    {"a private name", "limit_network: {domains: [{name: git.corp.example:22, allow_private: true}]}",
     [](const Config& c) { return first_domain(c).allow_private && first_domain(c).ports.at(0) == 22; }},
    {"an underscore", "limit_network: {domains: [_x.example.com]}",
     [](const Config& c) { return first_domain(c).name == "_x.example.com"; }},
    {"a resolver", "limit_network: {dns: [9.9.9.9]}",
     [](const Config& c) {
         return first_resolver(c) == Resolver{"9.9.9.9", 53};
     }},
    {"a resolver with its port", "limit_network: {dns: ['10.0.0.1:5353']}",
     [](const Config& c) {
         return first_resolver(c) == Resolver{"10.0.0.1", 5353};
     }},
    {"the host's resolvers", "limit_network: {dns: null}",
     [](const Config& c) { return c.limit_network->dns.empty(); }},
};

const GoodFile terminal_files[] = {
    {"nothing about the terminal", "terminal:\n",
     [](const Config& c) { return c.terminal.clipboard == Clipboard::ask; }},
    {"the clipboard after a question", "terminal: {clipboard: ask}",
     [](const Config& c) { return c.terminal.clipboard == Clipboard::ask; }},
    {"other keys that detach", "terminal: {detach_keys: 'ctrl-],x'}",
     [](const Config& c) { return c.terminal.detach_keys == "ctrl-],x"; }},
    {"no keys that detach", "terminal: {detach_keys: ''}",
     [](const Config& c) { return c.terminal.detach_keys.empty(); }},
    {"the clipboard without one", "terminal: {clipboard: allow}",
     [](const Config& c) { return c.terminal.clipboard == Clipboard::allow; }},
    {"no clipboard", "terminal: {clipboard: deny}",
     [](const Config& c) { return c.terminal.clipboard == Clipboard::deny; }},
};

const GoodFile file_files[] = {
    {"a host path with a colon", "mounts: ['a:b:/x:ro']",
     [](const Config& c) { return c.mounts.at(0).host == "/srv/demo/a:b" && c.mounts.at(0).key == "mounts[0]"; }},
    {"paths become normal", "mounts: ['../other/./x/:/x/./y//z/:rw']",
     [](const Config& c) { return c.mounts.at(0).host == "/srv/other/x" && c.mounts.at(0).container == "/x/y/z"; }},
    {"variables", "mounts: ['$DATA/a:/a:ro', '${DATA}2:/b:ro', '$$x:/c:ro', '~:/d:ro']",
     [](const Config& c) {
         return c.mounts.at(0).host == "/data/sets/a" && c.mounts.at(1).host == "/data/sets2" &&
                c.mounts.at(2).host == "/srv/demo/$x" && c.mounts.at(3).host == "/home/ann";
     }},
    {"no mounts", "mounts: null", [](const Config& c) { return c.mounts.empty(); }},
    {"nothing hidden", "exclude: null", [](const Config& c) { return c.exclude.files.empty(); }},
    {"hidden things", "exclude: {files: [.env], folders: [.git/], globs: ['**/.env*']}",
     [](const Config& c) {
         return c.exclude.files.at(0) == "/srv/demo/.env" && c.exclude.folders.at(0) == "/srv/demo/.git" &&
                c.exclude.globs.at(0) == "**/.env*";
     }},
    {"nothing protected", "protect: null", [](const Config& c) { return c.protect.empty(); }},
    {"other things protected", "protect: [Makefile]", [](const Config& c) { return c.protect.at(0) == "Makefile"; }},
    {"values as written", "env: {A: 1, B: 3.10, C: yes, D: '', E: \"a\\nb\", LD_LIBRARY_PATH: /x}",
     [](const Config& c) {
         return c.env == std::map<std::string, std::string>{{"A", "1"}, {"B", "3.10"}, {"C", "yes"},
                                                            {"D", ""},  {"E", "a\nb"}, {"LD_LIBRARY_PATH", "/x"}};
     }},
    {"a value with a dollar sign is not expanded", "env: {A: $DATA}",
     [](const Config& c) { return c.env.at("A") == "$DATA"; }},
    {"files of variables", "env_files: [~/a.env, b.env]",
     [](const Config& c) { return c.env_files.at(0) == "/home/ann/a.env" && c.env_files.at(1) == "/srv/demo/b.env"; }},
};

template <std::size_t N>
void check_all(const GoodFile (&files)[N]) {
    for (const auto& file : files) {
        CAPTURE(std::string(file.name));
        const auto result = read(file.yaml);
        CHECK(lines(result.findings) == "");
        if (result.findings.empty()) CHECK(file.means(result.config));
        const auto again = read(to_yaml(result.config));
        CHECK(lines(again.findings) == "");
        CHECK(again.config == result.config);
    }
}

}  // namespace

TEST_CASE("good files mean what they say, and so does what config show makes of them") {
    check_all(general_files);
    check_all(agent_files);
    check_all(container_files);
    check_all(network_files);
    check_all(terminal_files);
    check_all(file_files);
}

}  // namespace isag::config
