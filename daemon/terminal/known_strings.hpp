// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

namespace isag::terminal {

// libvterm 0.1.4 takes the text of SOS, PM and APC strings (ECMA-48, 5.6), such as kitty's pictures, for text on the
// screen; of DCS strings it passes over those that it does not know. So they are given to it as such.
class KnownStrings {
public:
    // The same output, which may be cut anywhere, with DCS in their place. Valid until the next call, and `output` is.
    std::string_view translate(std::string_view output);

private:
    bool escaped_ = false;  // the last byte was ESC
    std::string translated_;
};

}  // namespace isag::terminal
