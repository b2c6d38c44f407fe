// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace isag::cover {

// Throws Error where the sandbox could go on writing below a path that is read-only now: a file there has a second name
// (link(2)), or is being written, or was opened before the path was covered, or a process works in a folder there.
// `processes` is a descriptor of a proc(5) of theirs, `place` one of the path, whose name is for messages.
void check_unheld(int processes, int place, const std::string& path);

}  // namespace isag::cover
