// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_library.hpp"
#include "common/error.hpp"
#include <dlfcn.h>
#include <string>

namespace isag {
namespace {

// libssh's ABI since 0.8; its functions are only added to.
constexpr const char* library_name = "libssh.so.4";

template <class F>
void find_function(void* library, const char* name, F& out) {
    out = reinterpret_cast<F>(::dlsym(library, name));
    if (!out) throw Error(std::string(library_name) + " has no " + name, "install libssh 0.8 or later");
}

SshLibrary load() {
    void* const library = ::dlopen(library_name, RTLD_NOW | RTLD_LOCAL);  // stays until the end
    if (!library) throw Error(std::string("cannot load ") + library_name, "install libssh (libssh-4)");
    SshLibrary out{};
    find_function(library, "ssh_key_free", out.key_free);
    find_function(library, "ssh_pki_generate", out.pki_generate);
    find_function(library, "ssh_pki_import_privkey_file", out.pki_import_privkey_file);
    find_function(library, "ssh_pki_export_privkey_file", out.pki_export_privkey_file);
    find_function(library, "ssh_pki_export_privkey_to_pubkey", out.pki_export_privkey_to_pubkey);
    find_function(library, "ssh_pki_export_pubkey_base64", out.pki_export_pubkey_base64);
    find_function(library, "ssh_string_free_char", out.string_free_char);
    return out;
}

}  // namespace

const SshLibrary& ssh_library() {
    static const SshLibrary library = load();
    return library;
}

}  // namespace isag
