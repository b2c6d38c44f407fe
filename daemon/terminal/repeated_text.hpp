// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/sequence_scanner.hpp"
#include <string>
#include <vterm.h>

namespace isag::terminal {

// What to write in place of a sequence where that is REP (ECMA-48 8.3.103), which libvterm 0.1.4 is not given: the
// character before the cursor again, as often as it says or up to the end of the line. Empty for any other.
std::string repeated_text(VTerm* terminal, const ControlSequence& sequence);

}  // namespace isag::terminal
