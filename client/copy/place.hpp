// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>

namespace isag {

// One operand of isag cp.
struct CopyPlace {
    enum class Where { host, sandbox, stream };
    Where where = Where::host;
    std::string sandbox = {};  // the name that was given
    std::string path = {};     // any bytes but NUL; empty for a stream
};

// "NAME:path" is in a sandbox ("NAME:" is the project's folder), "-" a tar stream on stdin or stdout, all else a path
// of the host. As docker cp has it, what begins with '/' or '.' is on the host whatever follows.
Result<CopyPlace> parse_copy_place(const std::string& operand);

// The operand as a message shows it.
std::string shown_place(const CopyPlace& place);

// A path's last part, told apart as docker cp does.
struct CopyName {
    std::string folder;           // what leads to base; the whole path where that is empty
    std::string base;             // empty for "/", and for what ends in "." or ".."
    bool contents = false;        // "dir/.": what is in it, not it
    bool must_be_folder = false;  // a slash follows, or contents
};
CopyName split_copy_path(const std::string& path);

}  // namespace isag
