// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/listing.hpp"
#include "daemon/gate/rules.hpp"
#include <nlohmann/json.hpp>
#include <sstream>

namespace isag::gate {
namespace {

using nlohmann::json;

bool is_ours(const json& object) {
    return object.value("family", "") == "inet" && object.value("table", "") == std::string(table_name);
}

void take(const json& entry, Listing& out) {
    if (const auto chain = entry.find("chain"); chain != entry.end() && is_ours(*chain)) {
        auto& mine = out.chains[chain->value("name", "")];
        if (chain->contains("hook"))
            mine.hook = chain->value("type", "") + " " + chain->value("hook", "") + " " +
                        std::to_string(chain->value("prio", 0)) + " " + chain->value("policy", "");
    } else if (const auto rule = entry.find("rule"); rule != entry.end() && is_ours(*rule)) {
        auto& mine = out.chains[rule->value("chain", "")];
        mine.rules += rule->value("expr", json::array()).dump() + "\n";
        ++mine.size;
    } else if (const auto counter = entry.find("counter"); counter != entry.end() && is_ours(*counter)) {
        out.counters[counter->value("name", "")] = counter->value("packets", std::int64_t{0});
    }
}

// "type nat hook output priority -110; policy accept;"
std::string hook_of(std::string line) {
    for (char& c : line)
        if (c == ';') c = ' ';
    std::istringstream words(line);
    std::string word, type, hook, priority, policy;
    while (words >> word) {
        if (word == "type") words >> type;
        if (word == "hook") words >> hook;
        if (word == "priority") words >> priority;
        if (word == "policy") words >> policy;
    }
    return type + " " + hook + " " + (priority == "filter" ? "0" : priority) + " " + policy;
}

}  // namespace

Result<Listing> parse_listing(std::string_view text) {
    const json document = json::parse(text, nullptr, false);
    if (!document.is_object() || !document.contains("nftables") || !document["nftables"].is_array())
        return Failure{"nft's listing is not the JSON that it should be"};
    Listing out;
    try {
        for (const auto& entry : document["nftables"]) take(entry, out);
    } catch (const json::exception&) {
        return Failure{"nft's listing has an entry of an unknown form"};
    }
    return out;
}

Listing planned_listing(std::string_view ruleset) {
    Listing out;
    Listing::Chain* chain = nullptr;
    std::istringstream lines{std::string(ruleset)};
    for (std::string line; std::getline(lines, line);) {
        const auto begin = line.find_first_not_of(' ');
        if (begin == std::string::npos) continue;
        line.erase(0, begin);
        if (line.starts_with("chain ")) {
            chain = &out.chains[line.substr(6, line.find(' ', 6) - 6)];
        } else if (line == "}") {
            chain = nullptr;
        } else if (chain && line.starts_with("type ")) {
            chain->hook = hook_of(line);
        } else if (chain) {
            ++chain->size;
        }
    }
    return out;
}

std::string difference(const Listing& planned, const Listing& loaded) {
    for (const auto& [name, chain] : planned.chains) {
        const auto there = loaded.chains.find(name);
        if (there == loaded.chains.end()) return "chain " + name + " is missing";
        if (there->second.hook != chain.hook) return "chain " + name + " hangs at \"" + there->second.hook + "\"";
        if (there->second.size != chain.size)
            return "chain " + name + " has " + std::to_string(there->second.size) + " rules instead of " +
                   std::to_string(chain.size);
    }
    if (loaded.chains.size() != planned.chains.size()) return "there are chains that nobody made";
    return {};
}

}  // namespace isag::gate
