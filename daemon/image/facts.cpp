// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/facts.hpp"
#include "daemon/image/quote.hpp"
#include <charconv>
#include <map>

namespace isag::image {
namespace {

constexpr std::string_view script_head = R"sh(set -u
export LC_ALL=C DEBIAN_FRONTEND=noninteractive
ID= VERSION_ID= VERSION_CODENAME=
[ ! -r /etc/os-release ] || . /etc/os-release
say() { printf '%s=%s\n' "$1" "$2"; }
say os "${ID:-}"
say version "${VERSION_ID:-}"
say codename "${VERSION_CODENAME:-}"
if ! command -v apt-get >/dev/null 2>&1; then say apt no; exit 0; fi
say apt yes
if command -v node >/dev/null 2>&1 && command -v npm >/dev/null 2>&1; then
    say node "$(node --version 2>/dev/null | head -n 1)"
fi
)sh";

constexpr std::string_view script_tail = R"sh(say python "$(command -v "python$wanted" 2>/dev/null)"
if errors=$(apt-get update -qq -o APT::Update::Error-Mode=any -o Acquire::Retries=2 2>&1); then
    say lists complete
else
    say lists partial
    say lists_error "$(printf '%s\n' "$errors" | grep '^[EW]:' | head -n 1)"
fi
candidate() { apt-cache policy "$1" 2>/dev/null | sed -n 's/^  Candidate: //p' | head -n 1 | sed 's/^(none)$//'; }
say node_candidate "$(candidate nodejs)"
say npm_candidate "$(candidate npm)"
say python_candidate "$(candidate "python$wanted")"
say python3_candidate "$(candidate python3)"
)sh";

std::map<std::string_view, std::string> values_of(std::string_view output) {
    std::map<std::string_view, std::string> values;
    while (!output.empty()) {
        const auto end = output.find('\n');
        std::string_view line = output.substr(0, end);
        output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        const auto equals = line.find('=');
        if (equals != std::string_view::npos) values[line.substr(0, equals)] = line.substr(equals + 1);
    }
    return values;
}

}  // namespace

std::string probe_script(const std::string& python) {
    std::string script(script_head);
    script += "wanted=" + shell_quote(python) + "\n";
    script += script_tail;
    return script;
}

Result<BaseFacts> parse_probe(std::string_view output) {
    auto values = values_of(output);
    BaseFacts facts;
    facts.os = values["os"];
    facts.version = values["version"];
    facts.codename = values["codename"];
    if (values["apt"] != "yes") {
        const std::string what = facts.os.empty() ? "an unknown system" : facts.title();
        return Failure{"there is no apt-get in it (" + what + "): isag builds on Debian and Ubuntu based images",
                       "choose another container.base_image, e.g. debian:12 or ubuntu:24.04"};
    }
    if (!values.contains("python3_candidate")) return Failure{"the look into the base image was cut short"};
    facts.node = values["node"];
    if (facts.node.starts_with('v')) facts.node.erase(0, 1);
    facts.python = values["python"];
    facts.node_candidate = values["node_candidate"];
    facts.npm_candidate = values["npm_candidate"];
    facts.python_candidate = values["python_candidate"];
    facts.python3_candidate = values["python3_candidate"];
    facts.lists_complete = values["lists"] == "complete";
    facts.lists_error = values["lists_error"];
    return facts;
}

int major_version(std::string_view version) {
    if (const auto colon = version.find(':'); colon != std::string_view::npos) version.remove_prefix(colon + 1);
    if (version.starts_with('v')) version.remove_prefix(1);
    int major = 0;
    const auto parsed = std::from_chars(version.data(), version.data() + version.size(), major);
    return parsed.ec == std::errc() ? major : 0;
}

}  // namespace isag::image
