// SPDX-License-Identifier: Apache-2.0
#include "client/copy/remote_end.hpp"
#include "client/copy/scripts.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <sstream>
#include <string>

namespace isag {
namespace {

constexpr int some_files_differ = 1;  // tar's status for a file that changed

void pass_on_complaints(const RemoteProgram& program, CopyProgress& progress) {
    std::istringstream lines(program.complaints());
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) progress.warn(escape_controls(program.sandbox()) + ": " + escape_controls(line));
}

std::string advice_about(const RemoteProgram& program) {
    if (program.complaints().empty()) return "it did not say why: copy it again, or in parts";
    if (program.complaints().find("Permission denied") == std::string::npos) return "what it said is above";
    return "what it said is above: the sandbox's user may not; 'isag exec " + escape_controls(program.sandbox()) +
           " -- ls -ld FOLDER' tells who may";
}

}  // namespace

void check_copy_end(RemoteProgram& program, const CopyPlace& place, CopyProgress& progress) {
    const int status = program.wait();
    const std::string sandbox = "the sandbox " + escape_controls(program.sandbox());
    if (status == script_found_no_tar)
        throw Error("there is no tar in " + sandbox, "isag cp works by it: install it in the image (extra_packages)");
    if (status == script_found_nothing)
        throw Error("there is no " + escape_controls(place.path) + " in " + sandbox + ", or it can't be entered",
                    "a path that does not begin with '/' counts from the project's folder");
    pass_on_complaints(program, progress);
    if (status != 0 && status != some_files_differ)
        throw Error("tar in " + sandbox + " ended with status " + std::to_string(status) + ": not all was copied",
                    advice_about(program));
}

}  // namespace isag
