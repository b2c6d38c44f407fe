// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/spot.hpp"
#include "daemon/config/values.hpp"
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace isag::config {

// A key's names inside its section.
struct KeyNames {
    std::string name;
    std::string other = {};  // a second spelling, read and never written
};

// The values of a section's map by their keys' proper names. Unknown keys, keys given twice or under both names are
// findings; nothing where it is no map.
using Children = std::map<std::string, std::pair<std::string, const Node*>>;  // name: as written, value
std::optional<Children> children_of(const Spot& spot, const std::vector<KeyNames>& keys);

// One key of a section: how it is read into its owner and written back. `absent` is read where the key is not there and
// its default depends on the environment, as a path's does.
template <class Owner>
struct Key {
    KeyNames names;
    std::function<void(const Spot&, Owner&)> read;
    std::function<Node(const Owner&)> write;
    std::function<void(const std::function<void(const std::string&)>&)> each_name;
    std::optional<Node> absent = {};
};

// A section's table. null reads as a map without keys.
template <class Owner>
struct Section {
    std::vector<Key<Owner>> keys;

    bool read(const Spot& spot, Owner& out) const {
        const Node empty = Node::map();
        const Spot whole(spot.node().is_null() ? empty : spot.node(), spot.key(), spot.reading());
        const std::size_t findings = spot.reading().findings.size();
        std::vector<KeyNames> names;
        for (const auto& key : keys) names.push_back(key.names);
        const auto children = children_of(whole, names);
        if (!children) return false;
        for (const auto& key : keys) {
            if (const auto it = children->find(key.names.name); it != children->end())
                key.read(spot.child(it->second.first, *it->second.second), out);
            else if (key.absent)
                key.read(spot.child(key.names.name, *key.absent), out);
        }
        return spot.reading().findings.size() == findings;
    }

    Node write(const Owner& value) const {
        Node map = Node::map();
        for (const auto& key : keys) map.set(key.names.name, key.write(value));
        return map;
    }

    // Every key's full name below this section.
    template <class Visit>
    void each_name(Visit visit) const {
        for (const auto& key : keys) {
            visit(key.names.name);
            if (!key.names.other.empty()) visit(key.names.other);
            if (key.each_name) key.each_name([&](const std::string& name) { visit(key.names.name + "." + name); });
        }
    }
};

// A key whose value is made of the whole owner: its kind reads and writes an Owner.
template <class Owner, class Kind>
Key<Owner> whole(std::string name, Kind kind) {
    return {{std::move(name)},
            [kind](const Spot& spot, Owner& out) { kind.read(spot, out); },
            [kind](const Owner& value) { return kind.write(value); },
            {}};
}

// A key whose value is one member of the owner.
template <class Owner, class T, class Kind>
Key<Owner> key(KeyNames names, T Owner::*member, Kind kind, std::optional<Node> absent = {}) {
    Key<Owner> out{std::move(names),
                   [member, kind](const Spot& spot, Owner& owner) { kind.read(spot, owner.*member); },
                   [member, kind](const Owner& owner) { return kind.write(owner.*member); },
                   {},
                   std::move(absent)};
    if constexpr (requires(const std::function<void(const std::string&)>& visit) { kind.each_name(visit); })
        out.each_name = [kind](const std::function<void(const std::string&)>& visit) { kind.each_name(visit); };
    if constexpr (requires { kind.keys; }) out.absent = Node::map();  // a section has defaults of its own
    return out;
}

}  // namespace isag::config
