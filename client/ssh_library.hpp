// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>

namespace isag {

// libssh, loaded when it is first needed: with what it brings along it doubles isag's start and memory, and most
// commands have no use for it.
struct SshLibrary {
    // keys
    decltype(&ssh_key_free) key_free;
    decltype(&ssh_key_cmp) key_cmp;
    decltype(&ssh_pki_generate) pki_generate;
    decltype(&ssh_pki_import_privkey_file) pki_import_privkey_file;
    decltype(&ssh_pki_import_pubkey_file) pki_import_pubkey_file;
    decltype(&ssh_pki_export_privkey_file) pki_export_privkey_file;
    decltype(&ssh_pki_export_privkey_to_pubkey) pki_export_privkey_to_pubkey;
    decltype(&ssh_pki_export_pubkey_base64) pki_export_pubkey_base64;
    decltype(&ssh_string_free_char) string_free_char;
    // sessions
    decltype(&ssh_new) session_new;
    decltype(&ssh_free) session_free;
    decltype(&ssh_options_set) options_set;
    decltype(&ssh_connect) connect;
    decltype(&ssh_disconnect) disconnect;
    decltype(&ssh_is_connected) is_connected;
    decltype(&ssh_set_blocking) set_blocking;
    decltype(&ssh_set_log_callback) set_log_callback;
    decltype(&ssh_set_message_callback) set_message_callback;
    decltype(&ssh_set_counters) set_counters;
    decltype(&ssh_get_error) get_error;
    decltype(&ssh_get_poll_flags) get_poll_flags;
    decltype(&ssh_get_server_publickey) get_server_publickey;
    decltype(&ssh_userauth_publickey) userauth_publickey;
    decltype(&ssh_event_new) event_new;
    decltype(&ssh_event_free) event_free;
    decltype(&ssh_event_add_session) event_add_session;
    decltype(&ssh_event_remove_session) event_remove_session;
    decltype(&ssh_event_dopoll) event_dopoll;
    // channels
    decltype(&ssh_channel_new) channel_new;
    decltype(&ssh_channel_free) channel_free;
    decltype(&ssh_channel_open_session) channel_open_session;
    decltype(&ssh_channel_request_env) channel_request_env;
    decltype(&ssh_channel_request_pty_size) channel_request_pty_size;
    decltype(&ssh_channel_change_pty_size) channel_change_pty_size;
    decltype(&ssh_channel_request_shell) channel_request_shell;
    decltype(&ssh_channel_request_exec) channel_request_exec;
    decltype(&ssh_channel_read_nonblocking) channel_read_nonblocking;
    decltype(&ssh_channel_window_size) channel_window_size;
    decltype(&ssh_channel_write) channel_write;
    decltype(&ssh_channel_send_eof) channel_send_eof;
    decltype(&ssh_channel_is_closed) channel_is_closed;
    decltype(&ssh_set_channel_callbacks) set_channel_callbacks;
};

// Throws Error where it is not installed.
const SshLibrary& ssh_library();

}  // namespace isag
