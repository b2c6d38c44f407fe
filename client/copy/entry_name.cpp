// SPDX-License-Identifier: Apache-2.0
#include "client/copy/entry_name.hpp"
#include "common/escape.hpp"
#include <climits>

namespace isag {
namespace {

Failure refused_name(std::string_view name, const std::string& why) {
    return Failure{"the archive has an entry '" + escape_controls(name.substr(0, 200)) + "', " + why,
                   "nothing of it was written; what came before it is there"};
}

}  // namespace

Result<std::string> checked_entry_name(std::string_view name) {
    const std::string_view given = name;
    if (name.empty()) return refused_name(given, "which has no name");
    if (name.size() >= PATH_MAX) return refused_name(given, "whose name is too long");
    if (name[0] == '/') return refused_name(given, "which is absolute");
    while (name.starts_with("./")) name.remove_prefix(2);
    if (name.ends_with('/')) name.remove_suffix(1);
    if (name == "." || name.empty()) return std::string();
    for (std::string_view rest = name;;) {
        const auto slash = rest.find('/');
        const std::string_view part = rest.substr(0, slash);
        if (part.empty() || part == "." || part == "..")
            return refused_name(given, "which is no plain path below its folder");
        if (slash == std::string_view::npos) return std::string(name);
        rest.remove_prefix(slash + 1);
    }
}

Result<std::string> EntryRoot::below(std::string_view name) {
    auto checked = checked_entry_name(name);
    if (!checked) return checked;
    if (!known_) {
        if (checked->find('/') != std::string::npos) return refused_name(name, "which should be the source itself");
        root_ = *checked;
        known_ = true;
        return std::string();
    }
    if (root_.empty()) return checked;
    if (*checked == root_) return std::string();
    if (!checked->starts_with(root_ + "/"))
        return refused_name(name, "which is not below '" + escape_controls(root_) + "'");
    return checked->substr(root_.size() + 1);
}

}  // namespace isag
