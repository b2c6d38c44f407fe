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
    find_function(library, "ssh_key_cmp", out.key_cmp);
    find_function(library, "ssh_pki_generate", out.pki_generate);
    find_function(library, "ssh_pki_import_privkey_file", out.pki_import_privkey_file);
    find_function(library, "ssh_pki_import_pubkey_file", out.pki_import_pubkey_file);
    find_function(library, "ssh_pki_export_privkey_file", out.pki_export_privkey_file);
    find_function(library, "ssh_pki_export_privkey_to_pubkey", out.pki_export_privkey_to_pubkey);
    find_function(library, "ssh_pki_export_pubkey_base64", out.pki_export_pubkey_base64);
    find_function(library, "ssh_string_free_char", out.string_free_char);
    find_function(library, "ssh_new", out.session_new);
    find_function(library, "ssh_free", out.session_free);
    find_function(library, "ssh_options_set", out.options_set);
    find_function(library, "ssh_connect", out.connect);
    find_function(library, "ssh_disconnect", out.disconnect);
    find_function(library, "ssh_is_connected", out.is_connected);
    find_function(library, "ssh_set_blocking", out.set_blocking);
    find_function(library, "ssh_set_log_callback", out.set_log_callback);
    find_function(library, "ssh_set_message_callback", out.set_message_callback);
    find_function(library, "ssh_set_counters", out.set_counters);
    find_function(library, "ssh_get_error", out.get_error);
    find_function(library, "ssh_get_poll_flags", out.get_poll_flags);
    find_function(library, "ssh_get_server_publickey", out.get_server_publickey);
    find_function(library, "ssh_userauth_publickey", out.userauth_publickey);
    find_function(library, "ssh_event_new", out.event_new);
    find_function(library, "ssh_event_free", out.event_free);
    find_function(library, "ssh_event_add_session", out.event_add_session);
    find_function(library, "ssh_event_remove_session", out.event_remove_session);
    find_function(library, "ssh_event_dopoll", out.event_dopoll);
    find_function(library, "ssh_channel_new", out.channel_new);
    find_function(library, "ssh_channel_free", out.channel_free);
    find_function(library, "ssh_channel_open_session", out.channel_open_session);
    find_function(library, "ssh_channel_request_env", out.channel_request_env);
    find_function(library, "ssh_channel_request_pty_size", out.channel_request_pty_size);
    find_function(library, "ssh_channel_change_pty_size", out.channel_change_pty_size);
    find_function(library, "ssh_channel_request_shell", out.channel_request_shell);
    find_function(library, "ssh_channel_request_exec", out.channel_request_exec);
    find_function(library, "ssh_channel_read_nonblocking", out.channel_read_nonblocking);
    find_function(library, "ssh_channel_window_size", out.channel_window_size);
    find_function(library, "ssh_channel_write", out.channel_write);
    find_function(library, "ssh_channel_send_eof", out.channel_send_eof);
    find_function(library, "ssh_channel_is_closed", out.channel_is_closed);
    find_function(library, "ssh_set_channel_callbacks", out.set_channel_callbacks);
    return out;
}

}  // namespace

const SshLibrary& ssh_library() {
    static const SshLibrary library = load();
    return library;
}

}  // namespace isag
