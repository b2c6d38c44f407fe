// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include <filesystem>
#include <string>
#include <sys/types.h>

// What the sshd of a sandbox needs: it finds it in a folder that is mounted read-only, and is started anew for each
// connection (sshd(8), -i), as the sandbox's user.
namespace isag::sandbox {

inline constexpr const char* sshd_program = "/usr/sbin/sshd";
inline constexpr const char* ssh_mount_folder = "/.isag/run/ssh";
inline constexpr const char* sshd_config_file = "/.isag/run/ssh/sshd_config";

// A login shell's /etc/profile sets a PATH of its own, without what the image added to it. This script, which it runs
// last, puts the image's back. Pure.
inline constexpr const char* login_profile_file = "/etc/profile.d/zz-isag.sh";
std::string login_profile();

struct SshKeys {
    std::string host_key;    // the private one, OpenSSH format
    std::string authorized;  // the public key of who may log in
};

// Those of a configuration: `folder` is ssh/ of its artifacts folder. Throws Error where they are not there.
SshKeys read_ssh_keys(const std::filesystem::path& folder);

// sshd_config(5): keys alone, no root, and for shells the variables that the main program has. (A value with a line
// break is left out: the format has no word for it.) Pure.
std::string sshd_config(const Environment& environment);

// Puts the files into `folder`, as the host sees ssh_mount_folder; for nobody's eyes but `user`'s, since secrets may be
// among the variables (security.md D4). Files that are right already stay as they are. Throws Error.
void write_ssh_files(const std::filesystem::path& folder, const SshKeys& keys, const Environment& environment,
                     uid_t user);

}  // namespace isag::sandbox
