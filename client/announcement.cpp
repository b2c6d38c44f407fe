// SPDX-License-Identifier: Apache-2.0
#include "client/announcement.hpp"
#include <string_view>

namespace isag {

std::string Announcement::take(ProgramTitle& title) {
    std::string_view now = question_;
    if (now.empty() && is_elsewhere_) now = "another terminal is typing";
    if (now == shown_) return {};
    shown_ = now;
    return now.empty() ? title.put_back(plain_) : title.replace(plain_ + " (" + shown_ + ")");
}

std::string Announcement::finish(ProgramTitle& title) {
    is_elsewhere_ = false;
    question_.clear();
    return take(title);
}

}  // namespace isag
