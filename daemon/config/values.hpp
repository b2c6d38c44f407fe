// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/spot.hpp"
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Kinds of values. Each has
//     bool read(const Spot&, T& out) const   false where it left a finding; out then keeps what it had
//     Node write(const T&) const             what read() would make the same value of
// and the table in keys.cpp says which key is of which kind.
namespace isag::config {

// A word that keeps a rule of rules.hpp.
struct Text {
    const char* allowed;
    bool (*good)(std::string_view);
    std::string (*normalise)(std::string) = nullptr;  // applied before the rule

    bool read(const Spot& spot, std::string& out) const;
    Node write(const std::string& value) const { return Node::string(value); }
};

struct Flag {
    bool read(const Spot& spot, bool& out) const;
    Node write(bool value) const { return Node::literal(value ? "true" : "false"); }
};

// A whole number.
struct Integer {
    std::int64_t least;
    std::int64_t most;

    bool read(const Spot& spot, std::int64_t& out) const;
    Node write(std::int64_t value) const { return Node::literal(std::to_string(value)); }
};

// A number of processors, fractions allowed; 0 is all of them.
struct Processors {
    bool read(const Spot& spot, double& out) const;
    Node write(double value) const;
};

// Bytes, or with a unit: 512m, 8g, 8GiB (all units are powers of 1024); 0 is left to the plan.
struct Bytes {
    bool read(const Spot& spot, std::int64_t& out) const;
    Node write(std::int64_t value) const { return Node::literal(std::to_string(value)); }
};

// Seconds, as parse_duration() (common/duration.hpp) takes them.
struct Duration {
    bool read(const Spot& spot, std::int64_t& out) const;
    Node write(std::int64_t value) const { return Node::string(std::to_string(value) + "s"); }
};

// Names to values. Values are any scalars and become the text that they were written as.
struct Variables {
    bool read(const Spot& spot, std::map<std::string, std::string>& out) const;
    Node write(const std::map<std::string, std::string>& value) const;
};

// The entries of a map, keys checked: scalars, each once. Nothing, and a finding, where it is no map; single bad keys
// are left out with a finding each.
using Entries = std::vector<std::pair<const Node*, const Node*>>;
std::optional<Entries> entries_of(const Spot& spot, const std::string& allowed);

// One of a few words.
template <class T>
struct Choice {
    std::vector<std::pair<std::string, T>> words;

    bool read(const Spot& spot, T& out) const {
        std::string allowed;
        for (const auto& [word, value] : words) {
            if (spot.node().is_scalar() && spot.node().text == word) {
                out = value;
                return true;
            }
            allowed += (allowed.empty() ? "" : " or ") + word;
        }
        spot.refuse(allowed);
        return false;
    }
    Node write(const T& value) const {
        for (const auto& [word, meaning] : words)
            if (meaning == value) return Node::string(word);
        return {};
    }
};

// null, or a value that starts from `T{}`'s defaults unless the default config holds one.
template <class Kind>
struct OrNull {
    Kind kind;

    template <class T>
    bool read(const Spot& spot, std::optional<T>& out) const {
        if (spot.node().is_null()) {
            out.reset();
            return true;
        }
        T value = out.value_or(T{});
        if (!kind.read(spot, value)) return false;
        out = std::move(value);
        return true;
    }
    template <class T>
    Node write(const std::optional<T>& value) const {
        return value ? kind.write(*value) : Node{};
    }
    template <class Visit>
    void each_name(Visit visit) const {
        if constexpr (requires { kind.each_name(visit); }) kind.each_name(visit);
    }
};

struct ListRules {
    const char* allowed;           // what the list is of, for messages: "a list of …"
    bool null_is_empty = true;     // else null is refused
    bool may_be_empty = true;      // else [] is refused, and no values are written as null
    const char* claims = nullptr;  // what each value is, where none may come twice: "network"
};

template <class Kind>
struct ListOf {
    Kind kind;
    ListRules rules;

    template <class T>
    bool read(const Spot& spot, std::vector<T>& out) const {
        const Node& node = spot.node();
        const bool empty =
            node.is_null() ? rules.null_is_empty : node.is_list() && node.items.empty() && rules.may_be_empty;
        if (!empty && (!node.is_list() || node.items.empty())) return spot.refuse(rules.allowed);
        std::vector<T> values;
        for (std::size_t i = 0; i < node.items.size(); ++i) {
            const Spot item = spot.item(i);
            T value{};
            if (!kind.read(item, value)) continue;
            if (rules.claims && !item.claim(std::string(rules.claims) + " " + describe(kind.write(value)))) continue;
            values.push_back(std::move(value));
        }
        const bool all = values.size() == node.items.size();
        out = std::move(values);
        return all;
    }
    template <class T>
    Node write(const std::vector<T>& values) const {
        if (values.empty() && !rules.may_be_empty) return {};
        Node list = Node::list();
        for (const auto& value : values) list.items.push_back(kind.write(value));
        return list;
    }
};

}  // namespace isag::config
