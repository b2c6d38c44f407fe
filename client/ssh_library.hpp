// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <libssh/libssh.h>

namespace isag {

// libssh, loaded when it is first needed: with what it brings along it doubles isag's start and memory, and most
// commands have no use for it.
struct SshLibrary {
    decltype(&ssh_key_free) key_free;
    decltype(&ssh_pki_generate) pki_generate;
    decltype(&ssh_pki_import_privkey_file) pki_import_privkey_file;
    decltype(&ssh_pki_export_privkey_file) pki_export_privkey_file;
    decltype(&ssh_pki_export_privkey_to_pubkey) pki_export_privkey_to_pubkey;
    decltype(&ssh_pki_export_pubkey_base64) pki_export_pubkey_base64;
    decltype(&ssh_string_free_char) string_free_char;
};

// Throws Error where it is not installed.
const SshLibrary& ssh_library();

}  // namespace isag
