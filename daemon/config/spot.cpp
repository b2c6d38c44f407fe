// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/spot.hpp"
#include "common/escape.hpp"
#include <utility>

namespace isag::config {

Spot Spot::child(const std::string& name, const Node& node) const {
    return {node, key_.empty() ? shown(name) : key_ + "." + shown(name), reading_};
}

Spot Spot::item(std::size_t index) const {
    return {node_.items[index], key_ + "[" + std::to_string(index) + "]", reading_};
}

bool Spot::wrong(std::string message) const {
    reading_.findings.push_back({node_.line, node_.column, key_, std::move(message)});
    return false;
}

bool Spot::refuse(const std::string& allowed) const {
    return wrong("found " + describe(node_) + "; allowed: " + allowed);
}

std::optional<std::string> Spot::text(const std::string& allowed) const {
    if (!node_.is_scalar() || find_control(node_.text) != std::string::npos) {
        refuse(allowed);
        return std::nullopt;
    }
    return node_.text;
}

bool Spot::claim(const std::string& thing) const {
    const auto [it, fresh] = reading_.claims.emplace(thing, key_);
    return fresh || wrong(thing + " is already taken by " + it->second);
}

}  // namespace isag::config
