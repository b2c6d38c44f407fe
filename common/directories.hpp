// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include <filesystem>
#include <sys/types.h>

namespace isag {

// Where isag keeps things, by the XDG Base Directory Specification 0.8, each already with "isag" at its end.
struct Directories {
    std::filesystem::path home;     // the person's home
    std::filesystem::path runtime;  // sockets, gone at logout: $XDG_RUNTIME_DIR/isag
    std::filesystem::path state;    // what must survive a restart: $XDG_STATE_HOME/isag
    std::filesystem::path cache;    // artifacts folders, answers of registries: $XDG_CACHE_HOME/isag
    std::filesystem::path config;   // isagd.yaml: $XDG_CONFIG_HOME/isag

    std::filesystem::path socket() const { return runtime / "isagd.sock"; }
};

// Reads the variables; without XDG_RUNTIME_DIR it is /run/user/UID where that exists, for root /run, else
// /tmp/isag-UID. Makes nothing.
Directories find_directories(const Environment& environment, uid_t uid);

// Makes the folder (and its parents) if missing and checks that it is a folder of this user's, with no access for
// others: mode 0700 is set on a folder made here, refused on one found wider. Throws Error.
void make_private_directory(const std::filesystem::path& path);

}  // namespace isag
