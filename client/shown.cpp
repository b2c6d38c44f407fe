// SPDX-License-Identifier: Apache-2.0
#include "client/shown.hpp"
#include <algorithm>

namespace isag {

void Shown::add_text(std::string text) {
    entries_.push_back(std::move(text));
    if (entries_.size() > most) entries_.pop_front();
}

bool Shown::has_text(const std::string& text) const {
    return std::find(entries_.begin(), entries_.end(), text) != entries_.end();
}

}  // namespace isag
