// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_escapes.hpp"
#include <utility>

namespace isag {

SshEscapes::Wish SshEscapes::take(std::string_view keys, std::string& out) {
    for (const char key : keys) {
        if (std::exchange(after_tilde_, false)) {
            at_line_start_ = key == '?';
            if (key == '.') return Wish::leave;
            if (key == '?') return Wish::help;
            if (key != '~') out += '~';
        } else if (key == '~' && at_line_start_) {
            after_tilde_ = true;
            continue;
        }
        out += key;
        at_line_start_ = key == '\r' || key == '\n';
    }
    return Wish::none;
}

}  // namespace isag
