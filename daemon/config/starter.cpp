// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/starter.hpp"
#include "daemon/config/defaults.hpp"
#include "daemon/config/emit.hpp"
#include "daemon/config/path.hpp"
#include <map>
#include <string_view>
#include <vector>

namespace isag::config {
namespace {

constexpr const char* cuda_image = "nvidia/cuda:12.8.1-runtime-ubuntu24.04";
constexpr const char* cuda_python = "3.12";

// Each @NAME@ is filled in by starter(); the values stand in the file even where they are the defaults, to be edited.
constexpr std::string_view form =
    R"(# What the agent in the sandbox may see, use and reach. Every key may be left out; `isag config show` prints what is in
# force, `isag config check` says what is wrong.
# Host paths: ~ and $VAR expand; relative ones start from the project, the project itself from this file's folder.

# The folder to work on, as host:container:rw. With :ro the agent can read and not write.
project: @PROJECT@

agent:
  vendor: @VENDOR@  # claude or codex
  yolo_mode: true  # the agent does not ask before it acts; the sandbox is what limits it
  host_home: ~/agents  # keeps logins and history, in .claude or .codex below; ~ shares your own
  cli_version: latest  # or a version (2.1.0) or a tag that npm knows (stable)

container:
  name: @NAME@  # what sandboxes and images are called after
  base_image: @IMAGE@  # Debian, Ubuntu, or an image made from them
  python: @PYTHON@  # the version that `python` is inside
  user: isag  # who the agent is inside; files it makes are yours
  host_cache_dir: ~/isag-cache  # pip, npm and other caches, kept between runs
  extra_packages: @PACKAGES@  # Debian packages to install too
  gpu: @GPU@  # true: all NVIDIA devices; or a list of them, [0, 1]
  external_networks: []  # engine networks to join; everything on them can be reached
  # cpus: 4  # processors, such as 4 or 0.5
  # memory: 8g  # as 512m or 8g
  # pids: 4096  # processes and threads at a time
  # node: 22  # major version of Node.js
  # runtime: runsc  # another container runtime
  # ca_certificates: host  # trusted inside and while building: the host's own, a list of files, or null

# Names that the sandbox may connect to; everything else is refused. The vendor's own are added by themselves.
# `limit_network: null` turns the firewall off.
limit_network:
  dns: @DNS@  # leave out to use the host's resolvers
  domains:  # a name alone; "*.example.com" (in quotes) is every name below it; example.com:443 is that port only
@DOMAINS@
# What the agent may copy to your clipboard: ask (in the title), allow or deny. It never reads what is there.
# The keys that leave the sandbox running: detach_keys; '' for none.
# terminal: {clipboard: ask, detach_keys: "ctrl-p,ctrl-q"}

# More folders, as host:container:ro or :rw. A missing host folder is made.
@MOUNTS@
# Hidden inside every mount that holds them: files read as empty, folders as empty. Patterns go under globs, such as
# "**/.env*". null hides nothing.
@EXCLUDE@
# Read-only inside the project, since programs of the host run them later. Left out, these; null turns it off.
# protect: [@PROTECT@]

# Variables for the agent; they win over isag's own and the vendor's.
@ENV@
# Files with NAME=value lines, for keys and tokens that should not stand here.
@ENV_FILES@)";

std::string list_lines(const std::vector<std::string>& values, const std::string& indent) {
    std::string out;
    for (const auto& value : values) out += indent + "- " + yaml_scalar(value) + "\n";
    return out;
}

template <class Range>
std::string comma_list(const Range& values) {
    std::string out;
    for (const auto& value : values) out += (out.empty() ? "" : ", ") + yaml_scalar(std::string(value));
    return out;
}

std::vector<std::string> domains(const StarterOptions& options) {
    std::vector<std::string> out;
    const auto add = [&](const std::vector<std::string_view>& names) {
        out.insert(out.end(), names.begin(), names.end());
    };
    add(default_domains);
    if (options.extended) add(forum_domains);
    if (options.extended || options.gpu) add(gpu_domains);
    if (options.extended) add(model_domains);
    return out;
}

std::string mounts(const StarterOptions& options) {
    if (!options.extended) return "mounts: null\n";
    const bool here = options.project == ".";
    const std::string outputs = here ? "./outputs" : "~/outputs/my-project";
    return "mounts:\n" + list_lines({here ? "./datasets:/workspace/datasets:ro" : "~/datasets:/workspace/datasets:ro",
                                     outputs + ":/workspace/outputs:rw"},
                                    "  ");
}

// Replaces each @NAME@ of the form; a name that is not in the map stays.
std::string fill(std::string_view text, const std::map<std::string_view, std::string>& values) {
    std::string out;
    while (!text.empty()) {
        const std::size_t start = text.find('@');
        const std::size_t end = start == std::string_view::npos ? start : text.find('@', start + 1);
        if (end == std::string_view::npos) break;
        const auto it = values.find(text.substr(start + 1, end - start - 1));
        const std::size_t taken = it == values.end() ? end : end + 1;
        out += it == values.end() ? std::string(text.substr(0, end)) : std::string(text.substr(0, start)) + it->second;
        text.remove_prefix(taken);
    }
    return out.append(text);
}

}  // namespace

std::string starter(const StarterOptions& options) {
    const bool extended = options.extended;
    return fill(
        form,
        {
            {"PROJECT", yaml_scalar(escape_path(options.project) + ":/workspace/project:rw")},
            {"VENDOR", name_of(options.vendor)},
            {"NAME", options.gpu ? "isag-gpu" : "isag"},
            {"IMAGE", yaml_scalar(options.gpu ? cuda_image : options.base_image)},
            {"PYTHON", yaml_scalar(options.gpu ? cuda_python : options.python)},
            {"PACKAGES", extended ? "[nano, htop]" : "[]"},
            {"GPU", options.gpu ? "true" : "false"},
            {"DNS", "[" + comma_list(starter_dns) + "]"},
            {"DOMAINS", list_lines(domains(options), "    ")},
            {"MOUNTS", mounts(options)},
            {"EXCLUDE", extended ? "exclude:\n  files:\n    - .env\n  folders:\n    - .git\n" : "exclude: null\n"},
            {"PROTECT", comma_list(default_protect)},
            {"ENV", extended ? "env:\n  TERM: xterm-256color\n  PYTHONUNBUFFERED: \"1\"\n" : "env: null\n"},
            {"ENV_FILES", extended ? "env_files:\n  - ~/agents/env/openai.env\n" : "env_files: null\n"},
        });
}

}  // namespace isag::config
