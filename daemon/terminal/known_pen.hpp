// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace isag::terminal {

// libvterm 0.1.4 misreads some SGR sequences: in 38:2::r:g:b it takes the empty colour space for the red, and it
// doesn't know the underline's colour (58), whose values it takes for attributes.
// What to write in place of the sequence with these parameters, which may be nothing; none where it is read rightly.
std::optional<std::string> known_pen(std::string_view parameters);

}  // namespace isag::terminal
