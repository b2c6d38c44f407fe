// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/dockerfile.hpp"
#include "daemon/image/quote.hpp"
#include <initializer_list>

namespace isag::image {
namespace {

constexpr const char* base_tools =
    "bash ca-certificates curl file git gnupg iproute2 jq less openssh-client openssh-server patch procps ripgrep "
    "rsync socat unzip wget xz-utils";

// One RUN: its lines, each a complete sh command, ended by the first that fails.
std::string run(std::initializer_list<std::string> commands) {
    std::string out = "RUN set -eu";
    for (const auto& command : commands) out += "; \\\n    " + command;
    return out + "\n";
}

std::string step(const std::string& name) { return "\n# step: " + name + "\n"; }

std::string apt_update() { return "export DEBIAN_FRONTEND=noninteractive; apt-get update -qq -o Acquire::Retries=3"; }
std::string apt_install(const std::string& packages) {
    return "apt-get install -y -qq --no-install-recommends -o Acquire::Retries=3 " + packages;
}
std::string apt_clean() { return "apt-get clean; rm -rf /var/lib/apt/lists/*"; }

std::string download(const std::string& url, const std::string& file) {
    return "curl -fsSL --retry 3 " + shell_quote(url) + " -o " + file;
}

std::string head(const Recipe& recipe) {
    return "# Made by isag from isag.yaml and the base image; changes are overwritten.\n"
           "FROM " +
           recipe.base +
           "\n"
           "LABEL isag.role=build\n"  // of the steps' containers; the image's own says image
           "USER root\n"
           "WORKDIR /\n"
           "ENV LANG=C.UTF-8\n";
}

// First of all: behind a proxy that inspects TLS nothing but apt over http works without. A package's scripts must not
// start its service here, so policy-rc.d says no to all of them; and dpkg need not sync each file of an image to disk.
std::string certificates(const Recipe& recipe) {
    std::string out = step("CA certificates");
    if (recipe.certificates.count > 0) {
        const auto& [count, hash] = recipe.certificates;
        out += "# " + std::to_string(count) + " from the host, sha256 " + hash + "\n";
        out += "COPY certificates/ /usr/local/share/ca-certificates/isag/\n";
    }
    out += run({"printf '#!/bin/sh\\nexit 101\\n' > /usr/sbin/policy-rc.d; chmod 755 /usr/sbin/policy-rc.d",
                "echo force-unsafe-io > /etc/dpkg/dpkg.cfg.d/isag",
                "if ! command -v update-ca-certificates >/dev/null; then " + apt_update() + " || true; " +
                    apt_install("ca-certificates") + "; " + apt_clean() + "; fi",
                // Its warnings about certificates that are there twice would bury the rest.
                "update-ca-certificates >/tmp/log 2>&1 || { cat /tmp/log; exit 1; }; rm -f /tmp/log"});
    const std::string bundle = "/etc/ssl/certs/ca-certificates.crt";
    out += "ENV SSL_CERT_FILE=" + bundle + " REQUESTS_CA_BUNDLE=" + bundle + " PIP_CERT=" + bundle +
           " CURL_CA_BUNDLE=" + bundle + " NODE_EXTRA_CA_CERTS=" + bundle + "\n";
    return out;
}

std::string tools() {
    // Host keys of the image would be the same in every sandbox.
    return step("base tools") + run({apt_update(), apt_install(base_tools), "rm -f /etc/ssh/ssh_host_*", apt_clean()});
}

std::string node(const Recipe& recipe) {
    const std::string name = step(describe(recipe.node, recipe.facts));
    switch (recipe.node.source) {
        case NodeSource::present:
            return "";
        case NodeSource::distribution:
            return name + run({apt_update(), apt_install("nodejs npm"), apt_clean()});
        case NodeSource::nodesource:
            break;
    }
    const std::string key = "/etc/apt/keyrings/nodesource.asc";
    const std::string source = "deb [signed-by=" + key + "] https://deb.nodesource.com/node_" +
                               std::to_string(recipe.node.major) + ".x nodistro main";
    return name + run({"mkdir -p /etc/apt/keyrings",
                       download("https://deb.nodesource.com/gpgkey/nodesource-repo.gpg.key", key),
                       "echo " + shell_quote(source) + " > /etc/apt/sources.list.d/nodesource.list",
                       "printf 'Package: nodejs\\nPin: origin deb.nodesource.com\\nPin-Priority: 600\\n'"
                       " > /etc/apt/preferences.d/nodesource",
                       apt_update(), apt_install("nodejs"), apt_clean()});
}

// `python` and `python3` are this interpreter, `pip` and `pip3` its pip, whatever else the image has.
std::string python_names(const PythonChoice& python) {
    const std::string interpreter = shell_quote(python.interpreter);
    std::string out;
    for (const auto& name : {std::string("python"), std::string("python3"), "python" + python.version}) {
        const std::string link = "/usr/local/bin/" + name;
        if (link != python.interpreter) out += "ln -sfn " + interpreter + " " + link + "; ";
    }
    return out + interpreter + " -m pip --version >/dev/null 2>&1 || " + interpreter +
           " -m ensurepip --default-pip || { " + download("https://bootstrap.pypa.io/get-pip.py", "/tmp/get-pip.py") +
           "; " + interpreter +
           " /tmp/get-pip.py; rm -f /tmp/get-pip.py; }; \\\n    "
           "rm -f /usr/local/bin/pip /usr/local/bin/pip3; "
           "printf '#!/bin/sh\\nexec %s -m pip \"$@\"\\n' " +
           interpreter +
           " > /usr/local/bin/pip; "
           "chmod 755 /usr/local/bin/pip; ln -s pip /usr/local/bin/pip3";
}

std::string deadsnakes(const Recipe& recipe) {
    const std::string python = "python" + recipe.python.version;
    const std::string key = "/etc/apt/keyrings/deadsnakes.asc";
    const std::string source = "deb [signed-by=" + key + "] https://ppa.launchpadcontent.net/deadsnakes/ppa/ubuntu " +
                               recipe.facts.codename + " main";
    // Python 3.12 ended distutils, which pip needs before.
    const bool distutils = std::stoi(recipe.python.version.substr(2)) < 12;
    return run({"mkdir -p /etc/apt/keyrings",
                download("https://keyserver.ubuntu.com/pks/lookup?op=get&search="
                         "0xF23C5A6CF475977595C89F51BA6932366A755776",
                         key),
                "echo " + shell_quote(source) + " > /etc/apt/sources.list.d/deadsnakes.list", apt_update(),
                apt_install(python + " " + python + "-venv " + python + "-dev" +
                            (distutils ? " " + python + "-distutils" : "")),
                python_names(recipe.python), apt_clean()});
}

std::string uv(const PythonChoice& python) {
    const std::string environment = "UV_PYTHON_INSTALL_DIR=/opt/python UV_PYTHON_PREFERENCE=only-managed";
    return run({download("https://astral.sh/uv/install.sh", "/tmp/uv.sh"),
                "UV_INSTALL_DIR=/usr/local/bin UV_NO_MODIFY_PATH=1 sh /tmp/uv.sh; rm -f /tmp/uv.sh",
                environment + " uv python install " + shell_quote(python.version),
                "found=$(" + environment + " uv python find " + shell_quote(python.version) + ")",
                "ln -sfn \"$found\" " + shell_quote(python.interpreter), python_names(python)});
}

std::string python(const Recipe& recipe) {
    std::string out = step(describe(recipe.python, recipe.facts));
    const std::string package = "python" + recipe.python.version;
    switch (recipe.python.source) {
        case PythonSource::present:
            out += run({python_names(recipe.python)});
            break;
        case PythonSource::distribution:
            out += run({apt_update(), apt_install(package + " " + package + "-venv python3-pip"),
                        python_names(recipe.python), apt_clean()});
            break;
        case PythonSource::deadsnakes:
            out += deadsnakes(recipe);
            break;
        case PythonSource::uv:
            out += uv(recipe.python);
            break;
    }
    return out + "ENV PIP_BREAK_SYSTEM_PACKAGES=1\n";
}

std::string extra(const Recipe& recipe) {
    if (recipe.extra_packages.empty()) return "";
    std::string quoted;
    std::string plain;
    for (const auto& package : recipe.extra_packages) {
        quoted += (quoted.empty() ? "" : " ") + shell_quote(package);
        plain += " " + package;
    }
    return step("extra packages:" + plain) + run({apt_update(), apt_install(quoted), apt_clean()});
}

std::string agent(const Recipe& recipe) {
    std::string out = step(recipe.agent + " " + recipe.version + " from npm");
    if (recipe.own_registry) out += "ARG NPM_CONFIG_REGISTRY\n";
    out +=
        run({"npm install --global --no-audit --no-fund --no-update-notifier --loglevel=warn "
             "--cache /tmp/npm-cache " +
                 shell_quote(recipe.package + "@" + recipe.version),
             // npm before 10 installs the build for musl besides the one for this libc: 350 MB that nothing runs.
             "rm -rf \"$(npm root --global)\"/" + recipe.package + "/node_modules/*/*-linux-*-musl",
             "HOME=/tmp/home " + recipe.agent + " --version", "rm -rf /tmp/npm-cache /tmp/home /root/.npm"});
    return out;
}

// What Chromium and its relatives have to be told by a policy: to show the firewall which name they connect to (no ECH,
// nor the mock of it that they send otherwise), and which certificates to trust, since they don't ask the system's.
std::string browsers() {
    return step("policies for browsers") +
           run({R"sh(trusted=$(for file in /usr/local/share/ca-certificates/isag/*.crt; do [ ! -e "$file" ] || )sh"
                R"sh(printf ',"%s"' "$(sed /-----/d "$file" | tr -d '\r\n')"; done))sh",
                R"sh(for browser in chromium opt/chrome opt/chrome_for_testing opt/edge; do )sh"
                R"sh(mkdir -p "/etc/$browser/policies/managed"; )sh"
                R"sh(printf '{"EncryptedClientHelloEnabled":false,"CACertificates":[%s]}\n' "${trusted#,}" )sh"
                R"sh(> "/etc/$browser/policies/managed/isag.json"; done)sh"});
}

// Rootless Docker shows the person as uid 0: then that is the user's, too, and what asks for the name of 0 gets this
// one, with this home, since the first line with a uid counts.
std::string user_with_uid_0(const Recipe& recipe) {
    const std::string home = "/home/" + recipe.user;
    const std::string line = recipe.user + ":x:0:0::" + home + ":/bin/bash";
    return step("user " + recipe.user + " (0:0, as a rootless engine shows the person)") +
           run({"if getent passwd " + shell_quote(recipe.user) + " >/dev/null; then userdel " +
                    shell_quote(recipe.user) + "; fi",
                "{ echo " + shell_quote(line) + "; cat /etc/passwd; } > /tmp/passwd",
                "cat /tmp/passwd > /etc/passwd; rm /tmp/passwd",
                "mkdir -p " + shell_quote(home + "/.cache") + "; cp -a /etc/skel/. " + shell_quote(home)});
}

// The base image may have that uid, gid or name already (ubuntu:24.04 has `ubuntu` with 1000): they give way.
std::string user(const Recipe& recipe) {
    if (recipe.uid == 0) return user_with_uid_0(recipe);
    const std::string uid = std::to_string(recipe.uid);
    const std::string gid = std::to_string(recipe.gid);
    const std::string name = shell_quote(recipe.user);
    const std::string home = shell_quote("/home/" + recipe.user);
    std::string out = step("user " + recipe.user + " (" + uid + ":" + gid + ")");
    out += run({"old=$(getent passwd " + uid + " | cut -d: -f1); if [ -n \"$old\" ]; then userdel \"$old\"; fi",
                "if getent passwd " + name + " >/dev/null; then userdel " + name + "; fi",
                "if ! getent group " + gid + " >/dev/null; then if getent group " + name +
                    " >/dev/null; then groupmod --gid " + gid + " " + name + "; else groupadd --gid " + gid + " " +
                    name + "; fi; fi",
                "useradd --no-log-init --uid " + uid + " --gid " + gid + " --home-dir " + home +
                    " --create-home --shell /bin/bash " + name,
                "mkdir -p " + home + "/.cache; chown -R " + uid + ":" + gid + " " + home});
    return out;
}

std::string tail(const Recipe& recipe) {
    const std::string home = "/home/" + recipe.user;
    return "ENV HOME=" + home + " NPM_CONFIG_CACHE=" + home + "/.cache/npm PATH=" + home +
           "/.local/bin:${PATH:-/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin}\n"
           "ENTRYPOINT []\n"
           "CMD []\n"
           "STOPSIGNAL SIGTERM\n"
           "HEALTHCHECK NONE\n";
}

}  // namespace

std::string render(const Recipe& recipe) {
    return head(recipe) + certificates(recipe) + tools() + node(recipe) + python(recipe) + extra(recipe) +
           agent(recipe) + browsers() + user(recipe) + tail(recipe);
}

}  // namespace isag::image
