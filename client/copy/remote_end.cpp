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
constexpr int died_of_signal = 128;   // more is a signal's number, as a shell has it

void pass_on_complaints(const RemoteProgram& program, CopyProgress& progress) {
    std::istringstream lines(program.complaints());
    for (std::string line; std::getline(lines, line);)
        if (!line.empty()) progress.warn(escape_controls(program.sandbox()) + ": " + escape_controls(line));
}

std::string advice_about(const RemoteProgram& program, int status) {
    const auto said = [&](const char* what) { return program.complaints().find(what) != std::string::npos; };
    const std::string exec = "'isag exec " + escape_controls(program.sandbox()) + " -- ";
    if (status > died_of_signal) return "it was killed: 'isag ps -a' tells whether the sandbox has ended meanwhile";
    if (program.complaints().empty()) return "it did not say why: copy it again, or in parts";
    if (said("No space left on device") || said("Disk quota exceeded") || said("Wrote only"))
        return "there is no room: files that it names above are cut off; " + exec + "df -h .' tells how much there is";
    if (said("Read-only file system"))
        return "what it said is above: what isag.yaml mounts read-only (project, mounts, protect) can't be written "
               "there";
    if (said("File exists"))  // tar's words for a folder that is not empty, and for a file that is a mount of its own
        return "what it said is above: in its place is a folder, or what isag.yaml mounts there: copy to another name";
    if (said("Archive is compressed"))
        return "what it said is above: unpack it on the way, as by: zcat FILE | isag cp - NAME:PATH";
    if (said("Permission denied"))
        return "what it said is above: the sandbox's user may not; " + exec + "ls -ld FOLDER' tells who may";
    return "what it said is above";
}

}  // namespace

Error nothing_to_copy(const std::string& place, const std::string& instead) {
    return Error("there is no file, folder or link to copy at " + place,
                 "what a device, a pipe or a socket gives is passed on by: " + instead);
}

void check_copy_end(RemoteProgram& program, const CopyPlace& place, CopyProgress& progress) {
    const int status = program.wait();
    const std::string sandbox = "the sandbox " + escape_controls(program.sandbox());
    if (status == script_found_no_tar)
        throw Error("there is no tar in " + sandbox, "isag cp works by it: install it in the image (extra_packages)");
    if (status == script_found_nothing)
        throw Error("there is no " + escape_controls(place.path) + " in " + sandbox + ", or it can't be entered",
                    place.path.starts_with('/')
                        ? "'isag exec " + escape_controls(program.sandbox()) + " -- ls -ld PATH' tells who may enter"
                        : "a path that does not begin with '/' counts from the project's folder");
    if (status == script_found_kernels)
        throw Error(escape_controls(place.path) + " in " + sandbox + " is the kernel's, whose files have no length",
                    "read it there: isag exec " + escape_controls(program.sandbox()) + " -- cat " +
                        escape_controls(place.path));
    pass_on_complaints(program, progress);
    if (status != 0 && status != some_files_differ)
        throw Error("tar in " + sandbox + " ended with status " + std::to_string(status) + ": not all was copied",
                    advice_about(program, status));
}

}  // namespace isag
