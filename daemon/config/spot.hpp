// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "daemon/config/load.hpp"
#include "daemon/config/node.hpp"
#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace isag::config {

inline constexpr std::size_t most_findings = 100;  // that one file gets a person to read

// What reading one file has come to so far.
struct Reading {
    const Environment& environment;
    std::filesystem::path base;           // relative paths start here: the file's folder, then the project
    std::vector<std::string> known_keys;  // every key's full name, for "did you mean"
    std::vector<Finding> findings = {};
    std::map<std::string, std::string> claims = {};  // a thing that may be had once, and the key that has it

    bool has_enough() const { return findings.size() >= most_findings; }
};

// One value of the file: its node, its full key name, and where findings about it go. Borrows all three.
class Spot {
public:
    Spot(const Node& node, std::string key, Reading& reading) : node_(node), key_(std::move(key)), reading_(reading) {}

    const Node& node() const { return node_; }
    const std::string& key() const { return key_; }
    Reading& reading() const { return reading_; }

    Spot child(const std::string& name, const Node& node) const;  // "agent" and "vendor": agent.vendor
    Spot item(std::size_t index) const;                           // mounts[1]

    // Records a finding at this place. False, for a read() to return.
    bool wrong(std::string message) const;
    // The usual one: found …; allowed: ….
    bool refuse(const std::string& allowed) const;
    // A scalar's text; nothing, and a finding, where it is no scalar or holds a NUL or another control character.
    std::optional<std::string> text(const std::string& allowed) const;
    // False, and a finding that names the earlier owner, where something else has this already.
    bool claim(const std::string& thing) const;

private:
    const Node& node_;
    std::string key_;
    Reading& reading_;
};

}  // namespace isag::config
