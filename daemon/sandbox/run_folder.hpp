// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "daemon/sandbox/mounts.hpp"
#include <filesystem>
#include <string>

namespace isag::sandbox {

// The folder of one sandbox on the host. Everything in it is isag's own.
struct RunFolder {
    std::filesystem::path path;
    std::filesystem::path socket_folder() const { return path / "run"; }          // holds init's socket
    std::filesystem::path ssh_folder() const { return socket_folder() / "ssh"; }  // what an sshd needs, once one does
    std::filesystem::path gate_folder() const { return path / "gate"; }           // holds the gate's
    EmptySources empty() const { return {path / "empty-file", path / "empty-folder"}; }
    // What the sandbox sees in their place: the engine's own would be shared with the gate (security.md N9).
    std::filesystem::path hosts() const { return path / "hosts"; }
    std::filesystem::path hostname() const { return path / "hostname"; }
    std::filesystem::path resolv_conf() const { return path / "resolv.conf"; }
    std::filesystem::path profile() const { return path / "profile.sh"; }  // for login shells: see ssh_files.hpp
    std::filesystem::path intake() const { return path / "intake"; }       // of its terminal; never seen inside
};
RunFolder run_folder(const Directories& directories, const std::string& id);

// Makes what is missing of it. Its parent is private to the person; what is in it can be read by the container's user.
// Throws Error.
RunFolder make_run_folder(const Directories& directories, const std::string& id, const std::string& hostname);

}  // namespace isag::sandbox
