// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/edit_domains.hpp"
#include "daemon/config/domain_list.hpp"
#include "daemon/config/load.hpp"
#include "daemon/config/read_yaml.hpp"
#include "daemon/config/vendor_domains.hpp"
#include <algorithm>

namespace isag::config {
namespace {

bool below(const std::string& name, const std::string& zone) {
    return name.size() > zone.size() + 1 && name.ends_with(zone) && name[name.size() - zone.size() - 1] == '.';
}

bool name_covers(const DomainRule& wide, const DomainRule& narrow) {
    if (!wide.wildcard) return !narrow.wildcard && wide.name == narrow.name;
    return below(narrow.name, wide.name) || (narrow.wildcard && wide.name == narrow.name);
}

// Every port of b is one of a's.
bool ports_cover(const DomainRule& a, const DomainRule& b) {
    if (a.ports.empty() || b.ports.empty()) return a.ports.empty();
    return std::all_of(b.ports.begin(), b.ports.end(), [&](std::int64_t port) {
        return std::find(a.ports.begin(), a.ports.end(), port) != a.ports.end();
    });
}

bool ports_overlap(const DomainRule& a, const DomainRule& b) {
    if (a.ports.empty() || b.ports.empty()) return true;
    return std::any_of(b.ports.begin(), b.ports.end(), [&](std::int64_t port) {
        return std::find(a.ports.begin(), a.ports.end(), port) != a.ports.end();
    });
}

Result<Config> read_good(std::string_view text, const std::filesystem::path& file, const Environment& environment) {
    auto loaded = parse(text, file, environment);
    if (!loaded.findings.empty()) return findings_error(loaded.findings, file).failure();
    if (!loaded.config.limit_network)
        return Failure{"limit_network is null in " + file.string() + ": there is no firewall to write rules for",
                       "give it a list of domains to have one"};
    return std::move(loaded.config);
}

Failure not_editable(const std::filesystem::path& file, const std::string& what) {
    return Failure{"limit_network.domains of " + file.string() + " is written in a way that isag does not edit",
                   what + " by hand"};
}

// The text, if it reads as that config.
Result<std::string> checked(std::optional<std::string> text, const Config& wanted, const Environment& environment,
                            const std::string& what) {
    if (!text) return not_editable(wanted.file, what);
    const auto loaded = parse(*text, wanted.file, environment);
    if (!loaded.findings.empty() || !(loaded.config == wanted)) return not_editable(wanted.file, what);
    return std::move(*text);
}

std::vector<std::string> texts_of(const std::vector<DomainRule>& rules) {
    std::vector<std::string> out;
    for (const auto& rule : rules) out.push_back(rule.text());
    return out;
}

std::string joined(const std::vector<std::string>& words) {
    std::string out;
    for (const auto& word : words) out += (out.empty() ? "" : ", ") + word;
    return out;
}

}  // namespace

bool covers(const DomainRule& wide, const DomainRule& narrow) {
    return name_covers(wide, narrow) && ports_cover(wide, narrow) && (wide.allow_private || !narrow.allow_private);
}

bool overlap(const DomainRule& a, const DomainRule& b) {
    return (name_covers(a, b) || name_covers(b, a)) && ports_overlap(a, b);
}

Result<std::string> add_domains(std::string_view text, const std::vector<DomainRule>& rules,
                                const std::filesystem::path& file, const Environment& environment) {
    auto config = read_good(text, file, environment);
    if (!config) return config.error();
    auto& domains = config->limit_network->domains;
    const std::vector<DomainRule> before = domains;
    std::vector<DomainRule> fresh;
    for (const auto& rule : rules) {
        const auto covered = [&](const DomainRule& entry) { return covers(entry, rule); };
        if (std::any_of(domains.begin(), domains.end(), covered)) continue;
        domains.push_back(rule);
        fresh.push_back(rule);
    }
    if (fresh.empty()) return std::string(text);
    const auto document = read_yaml(text);
    return checked(append_to_domain_list(text, document.root, texts_of(fresh), texts_of(before)), *config, environment,
                   "add " + joined(texts_of(fresh)));
}

Result<std::string> remove_domain(std::string_view text, const DomainRule& rule, const std::filesystem::path& file,
                                  const Environment& environment) {
    auto config = read_good(text, file, environment);
    if (!config) return config.error();
    std::vector<DomainRule> kept;
    std::vector<std::size_t> gone;
    const std::vector<DomainRule> domains = config->limit_network->domains;
    for (std::size_t i = 0; i < domains.size(); ++i) {
        const auto& entry = domains[i];
        const bool same_name = entry.wildcard == rule.wildcard && entry.name == rule.name;
        if (same_name && ports_cover(rule, entry))
            gone.push_back(i);
        else
            kept.push_back(entry);
    }
    for (const auto& entry : kept)
        if (overlap(entry, rule))
            return Failure{"the entry " + entry.text() + " of " + file.string() + " still allows " +
                               (covers(entry, rule) ? "" : "some of ") + rule.text(),
                           "remove that one: isag net deny '" + entry.text() + "' --save"};
    for (const auto& name : vendor_domains(config->agent.vendor)) {
        DomainRule own;
        own.name = name;
        if (overlap(own, rule))
            return Failure{name + " is one of " + name_of(config->agent.vendor) + "'s own names: no file forbids them",
                           "without --save it is denied to the sandbox that runs"};
    }
    if (gone.empty()) return std::string(text);
    config->limit_network->domains = kept;
    std::optional<std::string> out{std::string(text)};
    for (auto it = gone.rbegin(); it != gone.rend() && out; ++it)
        out = remove_from_domain_list(*out, read_yaml(*out).root, *it, texts_of(domains));
    return checked(std::move(out), *config, environment, "remove " + rule.text());
}

}  // namespace isag::config
