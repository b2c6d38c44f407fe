// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {
namespace {

struct BadFile {
    const char* yaml;
    std::vector<const char*> findings;  // each "line:column: key: message"; the message may end in "…" for the rest
};

const BadFile bad_files[] = {
    // The file as a whole
    {"a: [", {"1:5: not valid YAML: …"}},
    {"just text", {"1:1: found \"just text\"; allowed: a map with project, agent, …"}},
    {"- a\n", {"1:1: found a list; allowed: a map with …"}},
    {"project: .:/p:rw\n---\nproject: .:/p:rw\n", {"3:1: a second document; one file holds one"}},
    {"env: {A: \x01}\n", {"1:10: a control character or …"}},
    {"env:\n  A: \xff\n", {"2:6: a control character or …"}},
    {"env: !ruby/object {}", {"1:6: the tag !ruby/object means nothing here"}},
    {"a: &x [*x]\n", {"1:8: an alias inside the value that it names"}},
    {"limit_network:\n  domains:\n    - *.example.com\n", {"3:7: not valid YAML: …"}},
    // Keys
    {"projct: .:/p:rw\n", {"1:1: projct: unknown key; did you mean project?"}},
    {"container:\n  pyhton: 3.12\n", {"2:3: container.pyhton: unknown key; did you mean container.python?"}},
    {"python: 3.12\n", {"1:1: python: unknown key; did you mean container.python?"}},
    {"agent: {zzzzz: 1}\n", {"1:9: agent.zzzzz: unknown key; allowed: vendor, yolo_mode, host_home, cli_version"}},
    {"env: null\nenv: null\n", {"2:1: env: given twice (first in line 1)"}},
    {"agent:\n  vendor: codex\n  vendor: claude\n", {"3:3: agent.vendor: given twice (first in line 2)"}},
    {"container: {image: a, base_image: b}",
     {"1:23: container.base_image: another name for image, given too; keep one"}},
    {"? [a]\n: b\n", {"1:3: found a list as a key; allowed: plain names"}},
    // Kinds of nodes
    {"agent: claude", {"1:8: agent: found \"claude\"; allowed: a map with vendor, yolo_mode, host_home, cli_version"}},
    {"limit_network: true", {"1:16: limit_network: found \"true\"; allowed: a map with dns, domains"}},
    {"mounts: a:/b:ro", {"1:9: mounts: found \"a:/b:ro\"; allowed: a list of host:container:ro|rw, or null"}},
    {"container: {python: [3, 12]}", {"1:21: container.python: found a list; allowed: a version X.Y such as 3.12"}},
    {"container: {python: null}", {"1:21: container.python: found null; allowed: a version X.Y such as 3.12"}},
    // agent
    {"agent: {vendor: gemini}", {"1:17: agent.vendor: found \"gemini\"; allowed: claude or codex"}},
    {"agent: {yolo_mode: maybe}", {"1:20: agent.yolo_mode: found \"maybe\"; allowed: true or false"}},
    {"agent: {cli_version: '1.2; id'}", {"1:22: agent.cli_version: found \"1.2; id\"; allowed: latest, …"}},
    {"agent: {cli_version: 01.2.3}", {"1:22: agent.cli_version: found \"01.2.3\"; …"}},
    {"agent: {host_home: $NOPE/x}", {"1:20: agent.host_home: found \"$NOPE/x\": the variable NOPE is not set"}},
    {"agent: {host_home: ~bob/x}", {"1:20: agent.host_home: found \"~bob/x\": ~ stands for your own home only; …"}},
    {"agent: {host_home: ''}", {"1:20: agent.host_home: found \"\": an empty path"}},
    {"agent: {host_home: '$EMPTY'}", {"1:20: agent.host_home: found \"$EMPTY\": an empty path"}},
    {"agent: {host_home: 'a$'}", {"1:20: agent.host_home: found \"a$\": a $ that starts no variable; …"}},
    {"agent: {host_home: \"a\\0b\"}", {"1:20: agent.host_home: found \"a\\x00b\"; allowed: a path on the host"}},
    // container
    {"container: {python: 3}", {"1:21: container.python: found \"3\"; allowed: a version X.Y such as 3.12"}},
    {"container: {python: 3.12.1}", {"1:21: container.python: found \"3.12.1\"; …"}},
    {"container: {user: root}", {"1:19: container.user: found \"root\"; allowed: …"}},
    {"container: {user: Ann}", {"1:19: container.user: found \"Ann\"; allowed: …"}},
    {"container: {name: -x}", {"1:19: container.name: found \"-x\"; allowed: …"}},
    {"container: {base_image: 'a b'}",
     {"1:25: container.base_image: found \"a b\"; allowed: an image reference such as …"}},
    {"container: {image: \"x\\nRUN id\"}", {"1:20: container.image: found \"x\\nRUN id\"; …"}},
    {"container: {extra_packages: [ok, 'x; id', -y]}",
     {"1:34: container.extra_packages[1]: found \"x; id\"; …", "1:43: container.extra_packages[2]: found \"-y\"; …"}},
    {"container: {external_networks: [a, a]}",
     {"1:36: container.external_networks[1]: the network \"a\" is already taken by container.external_networks[0]"}},
    {"container: {gpu: some}", {"1:18: container.gpu: found \"some\"; allowed: true, false, all, or a list of …"}},
    {"container: {gpu: []}", {"1:18: container.gpu: found a list; allowed: true, false, all, …"}},
    {"container: {cpus: -1}", {"1:19: container.cpus: found \"-1\"; allowed: a number of processors …"}},
    {"container: {cpus: inf}", {"1:19: container.cpus: found \"inf\"; …"}},
    {"container: {memory: 1m}", {"1:21: container.memory: found \"1m\"; allowed: bytes, or …"}},
    {"container: {memory: 8 parsecs}", {"1:21: container.memory: found \"8 parsecs\"; …"}},
    {"container: {memory: 99999999999t}", {"1:21: container.memory: found \"99999999999t\"; …"}},
    {"container: {pids: 0}", {"1:19: container.pids: found \"0\"; allowed: a whole number from 1 to 4194304"}},
    {"container: {node: 16}", {"1:19: container.node: found \"16\"; allowed: a whole number from 18 to 99"}},
    {"container: {runtime: ../x}", {"1:22: container.runtime: found \"../x\"; allowed: a runtime …"}},
    {"container: {ca_certificates: none}",
     {"1:30: container.ca_certificates: found \"none\"; allowed: host (the host's own), a list of files, or null"}},
    // limit_network
    {"limit_network: {domains: null}",
     {"1:26: limit_network.domains: found null; allowed: a list of names; [] for the vendor's own only"}},
    {"limit_network: {dns: []}", {"1:22: limit_network.dns: found a list; allowed: a list of one or more IPv4 …"}},
    {"limit_network: {dns: [one.one, '1.1.1.1:0', '::1']}",
     {"1:23: limit_network.dns[0]: found \"one.one\"; allowed: an IPv4 …", "1:32: limit_network.dns[1]: found …",
      "1:45: limit_network.dns[2]: found …"}},
    {"limit_network: {domains: [10.0.0.1, '[::1]:80', 'https://x.org/', 'a..b']}",
     {"1:27: limit_network.domains[0]: found \"10.0.0.1\": an IP address is no name; …",
      "1:37: limit_network.domains[1]: found \"[::1]:80\": an IP address is no name; …",
      "1:49: limit_network.domains[2]: found \"https://x.org/\": give the name alone, …",
      "1:67: limit_network.domains[3]: found \"a..b\": each label …"}},
    {"limit_network: {domains: ['*', '*.com', '*.github.io', 'a.*.com']}",
     {"1:27: limit_network.domains[0]: found \"*\": * would allow every name; …",
      "1:32: limit_network.domains[1]: found \"*.com\": *.com would allow every site under the public suffix com; …",
      "1:41: limit_network.domains[2]: found \"*.github.io\": *.github.io would allow other people's sites: …",
      "1:56: limit_network.domains[3]: found \"a.*.com\": a wildcard stands for the whole first label only: …"}},
    {"limit_network: {domains: [{allow_private: true}]}",
     {"1:27: limit_network.domains[0]: the key name is missing; allowed: name, allow_private"}},
    {"limit_network: {domains: [{name: x.org, alow_private: true}]}",
     {"1:41: limit_network.domains[0].alow_private: unknown key; allowed: name, allow_private"}},
    // terminal
    {"terminal: {clipboard: maybe}", {"1:23: terminal.clipboard: found \"maybe\"; allowed: ask or allow or deny"}},
    {"terminal: {clipboard: null}", {"1:23: terminal.clipboard: found null; allowed: ask or allow or deny"}},
    {"terminal: {detach_keys: ctrl-p+ctrl-q}",
     {"1:25: terminal.detach_keys: found \"ctrl-p+ctrl-q\"; allowed: keys such as ctrl-p,ctrl-q, or '' for none"}},
    {"clipboard: deny", {"1:1: clipboard: unknown key; did you mean terminal.clipboard?"}},
    // mounts
    {"project: .\n", {"1:10: project: found \".\"; allowed: host:container:ro or host:container:rw"}},
    {"project: .:/p:rx\n", {"1:10: project: found \".:/p:rx\"; allowed: …"}},
    {"mounts: ['a:b:ro', 'a:/:ro', 'a:/x/../y:ro', ':/x:ro']",
     {"1:10: mounts[0]: found \"a:b:ro\": the container path must be absolute, …",
      "1:20: mounts[1]: found \"a:/:ro\": …", "1:30: mounts[2]: found …",
      "1:46: mounts[3]: found \":/x:ro\"; allowed: …"}},
    {"project: .:/p:rw\nmounts: ['a:/p/:ro', 'b:/q:ro', 'c:/q:rw']\n",
     {"2:10: mounts[0]: the container path /p is already taken by project",
      "2:33: mounts[2]: the container path /q is already taken by mounts[1]"}},
    {"mounts: ['a:/home/isag/.claude:ro']",
     {"1:10: mounts[0]: the container path /home/isag/.claude is already taken by agent.host_home"}},
    // exclude, protect, env, env_files
    {"exclude: {files: [a, ./a], folders: [x/../a]}",
     {"1:22: exclude.files[1]: the path \"/srv/demo/a\" is already taken by exclude.files[0]",
      "1:38: exclude.folders[0]: the path \"/srv/demo/a\" is already taken by exclude.files[0]"}},
    {"exclude: {globs: [/etc, ../x]}",
     {"1:19: exclude.globs[0]: found \"/etc\"; …", "1:25: exclude.globs[1]: found …"}},
    {"protect: ['..']", {"1:11: protect[0]: found \"..\"; allowed: a pattern …"}},
    {"env: [A=1]", {"1:6: env: found a list; allowed: a map of names to values, or null"}},
    {"env: {1A: x, B: null, C: [x], D: \"a\\0\"}",
     {"1:7: env.1A: found \"1A\"; allowed: a variable's name: …", "1:17: env.B: found null; allowed: text, …",
      "1:26: env.C: found a list; allowed: text, …", "1:34: env.D: found a NUL; allowed: text, …"}},
    {"env_files: [$NOPE]", {"1:13: env_files[0]: found \"$NOPE\": the variable NOPE is not set"}},
    // All at once, in the file's order though read in another
    {"env: {1: x}\nproject: x\nagent: {vendor: y}\n", {"1:7: env.1: …", "2:10: project: …", "3:17: agent.vendor: …"}},
};

bool fits(const std::string& found, const std::string& expected) {
    constexpr std::string_view rest = "…";
    if (!expected.ends_with(rest)) return found == expected;
    return found.starts_with(expected.substr(0, expected.size() - rest.size()));
}

}  // namespace

TEST_CASE("bad files give every finding with its place, in the file's order") {
    for (const auto& file : bad_files) {
        CAPTURE(std::string(file.yaml));
        const auto findings = read(file.yaml).findings;
        CAPTURE(lines(findings));
        REQUIRE(findings.size() == file.findings.size());
        for (std::size_t i = 0; i < findings.size(); ++i)
            CHECK(fits(findings[i].text("isag.yaml"), std::string("isag.yaml:") + file.findings[i]));
    }
}

TEST_CASE("the tables hold at least sixty bad files") { CHECK(std::size(bad_files) >= 60); }

TEST_CASE("a file of nothing but mistakes gives a hundred findings and a count") {
    std::string yaml;
    for (int i = 0; i < 5000; ++i) yaml += "projct" + std::to_string(i) + ": 1\n";
    const auto findings = read(yaml).findings;
    REQUIRE(findings.size() == 101);
    CHECK(findings[99].line == 100);
    CHECK(findings[100].text("isag.yaml") == "isag.yaml: and 4900 more");
}

TEST_CASE("a key's name is escaped and cut") {
    const auto findings = read("\"" + std::string(500, 'x') + "\": 1\n\"a\\e[m\": 2\n").findings;
    REQUIRE(findings.size() == 2);
    CHECK(findings[0].key.size() < 100);
    CHECK(findings[1].key == "a\\x1b[m");
}

TEST_CASE("a secret in env is not repeated in a finding") {
    const auto found = lines(read("env: {TOKEN: \"s3cret\\0\"}").findings);
    CHECK(found ==
          "isag.yaml:1:14: env.TOKEN: found a NUL; allowed: text, a number or a bool (\"\" for an empty value), "
          "without a NUL");
}

TEST_CASE("a hint tells that a wildcard needs quotes") {
    const auto found = lines(read("limit_network:\n  domains:\n  - *.example.com\n").findings);
    CHECK(found.find("a value that starts with * needs quotes") != std::string::npos);
}

TEST_CASE("control characters of the file do not reach a message") {
    const Finding finding{1, 2, "a\x1b[31m", "found \"\x07\""};
    CHECK(finding.text("/x/\x1b.yaml") == "/x/\\x1b.yaml:1:2: a\\x1b[31m: found \"\\x07\"");
}

TEST_CASE("a finding without a line names the file and the key") {
    const auto result = parse("", test_file, Environment{});
    CHECK(lines(result.findings) ==
          "isag.yaml: agent.host_home: found \"~/agents\": ~ means the variable HOME, which is not set\n"
          "isag.yaml: container.host_cache_dir: found \"~/isag-cache\": ~ means the variable HOME, which is not set");
}

TEST_CASE("findings become one error with a line each and a hint") {
    const auto error = findings_error({{1, 2, "env", "bad"}, {3, 4, "", "worse"}}, "isag.yaml");
    CHECK(error.message() == "isag.yaml:1:2: env: bad\nisag.yaml:3:4: worse");
    CHECK_FALSE(error.hint().empty());
}

}  // namespace isag::config
