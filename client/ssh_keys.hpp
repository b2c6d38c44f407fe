// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <filesystem>

namespace isag {

// Makes the sandbox's keys in that folder (mode 0700) where they are missing: id_ed25519 is the person's,
// ssh_host_ed25519_key the sandbox's, each with its .pub; OpenSSH format. Keys that are there are kept. Throws Error
// where one can't be read, is no Ed25519 key, or is open to others.
void ensure_ssh_keys(const std::filesystem::path& folder);

}  // namespace isag
