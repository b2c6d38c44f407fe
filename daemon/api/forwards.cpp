// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/forwards.hpp"

namespace isag::api {

Forwards::Kept Forwards::keep(std::string sandbox, std::vector<proto::Forward> forwards) {
    const auto entry = entries_.insert(entries_.end(), Entry{std::move(sandbox), std::move(forwards)});
    return {&*entry, [this, entry](void*) { entries_.erase(entry); }};
}

std::vector<proto::Forward> Forwards::of(const std::string& sandbox) const {
    std::vector<proto::Forward> out;
    for (const auto& entry : entries_)
        if (entry.sandbox == sandbox) out.insert(out.end(), entry.forwards.begin(), entry.forwards.end());
    return out;
}

}  // namespace isag::api
