// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace isag {

// ssh(1)'s escapes, typed at the beginning of a line: ~. ends the session, ~~ is one ~, ~? lists them. No I/O.
class SshEscapes {
public:
    enum class Wish { none, leave, help };

    // Appends to `out` what is to be typed there, up to a wish; what is typed after it is forgotten.
    Wish take(std::string_view keys, std::string& out);

private:
    bool at_line_start_ = true;
    bool after_tilde_ = false;
};

}  // namespace isag
