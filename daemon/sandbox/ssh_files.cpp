// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/ssh_files.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <unistd.h>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_key = 16 << 10;

constexpr const char* fixed_config =
    "HostKey /.isag/run/ssh/ssh_host_ed25519_key\n"
    "AuthorizedKeysFile /.isag/run/ssh/authorized_keys\n"
    "AuthenticationMethods publickey\n"
    "PasswordAuthentication no\n"
    "KbdInteractiveAuthentication no\n"
    "PermitRootLogin no\n"
    "UsePAM no\n"
    // The files are in the runtime folder, and a home may be mounted with any mode.
    "StrictModes no\n"
    // Its connections are the agent's own: the firewall sees them as such.
    "AllowTcpForwarding yes\n"
    "AllowStreamLocalForwarding yes\n"
    "GatewayPorts no\n"
    "X11Forwarding no\n"
    // The agent writes in its home; what it left there is not to disturb scp and rsync.
    "PermitUserRC no\n"
    // One connection carries all that an IDE opens.
    "MaxSessions 100\n"
    "Subsystem sftp internal-sftp\n"
    "PrintMotd no\n"
    "PrintLastLog no\n"
    "UseDNS no\n"
    "PidFile none\n"
    "AcceptEnv LANG LC_* TERM COLORTERM\n";

// Those that sshd or the terminal decides.
bool is_of_the_login(const std::string& name) {
    static constexpr std::array<std::string_view, 12> known{"HOME", "USER",   "LOGNAME",  "SHELL", "TERM",  "COLORTERM",
                                                            "PWD",  "OLDPWD", "HOSTNAME", "MAIL",  "SHLVL", "_"};
    return std::find(known.begin(), known.end(), name) != known.end() || name.starts_with("SSH_");
}

bool is_variable_name(const std::string& name) {
    const auto fits = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    return !name.empty() && !std::isdigit(static_cast<unsigned char>(name[0])) &&
           std::all_of(name.begin(), name.end(), fits);
}

bool fits_a_line(const std::string& value) {
    return std::none_of(value.begin(), value.end(), [](char c) { return c == '\n' || c == '\r' || c == '\0'; });
}

// In double quotes, where a backslash takes the next quote or backslash for itself.
std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') out += '\\';
        out += c;
    }
    return out + "\"";
}

std::string read_key(const fs::path& file) {
    auto text = read_file(file, largest_key);
    if (!text) throw Error("the sandbox has no SSH keys: " + text.error().message, "'isag build' makes them");
    return std::move(*text);
}

void put(const fs::path& file, const std::string& content, uid_t user) {
    if (const auto there = read_file(file); there && *there == content) return;
    // Another's file only root makes, and then the folder is root's: nobody can lay a link there.
    if (user == ::geteuid()) return write_file(file, content, 0600, Sync::no);
    const fs::path beside = file.string() + ".new";
    write_file(beside, content, 0600, Sync::no);
    if (::chown(beside.c_str(), user, static_cast<gid_t>(-1)) != 0 || ::rename(beside.c_str(), file.c_str()) != 0)
        throw errno_error("cannot write " + file.string(), errno);
}

}  // namespace

SshKeys read_ssh_keys(const fs::path& folder) {
    return {read_key(folder / "ssh_host_ed25519_key"), read_key(folder / "id_ed25519.pub")};
}

std::string login_profile() {
    return "# isag: the image's own PATH, as sshd_config has it.\n"
           "if [ -n \"${ISAG_PATH-}\" ]; then PATH=$ISAG_PATH; unset ISAG_PATH; fi\n";
}

std::string sshd_config(const Environment& environment) {
    std::string variables;
    if (const auto path = find(environment, "PATH"); path && fits_a_line(*path))
        variables += " " + quoted("ISAG_PATH=" + *path);
    for (const auto& [name, value] : environment)
        if (is_variable_name(name) && !is_of_the_login(name) && fits_a_line(value))
            variables += " " + quoted(name + "=" + value);
    // One line: of several the first alone counts.
    return fixed_config + (variables.empty() ? std::string() : "SetEnv" + variables + "\n");
}

void write_ssh_files(const fs::path& folder, const SshKeys& keys, const Environment& environment, uid_t user) {
    fs::create_directories(folder);
    fs::permissions(folder, fs::perms(0755));  // its parent is private
    put(folder / "ssh_host_ed25519_key", keys.host_key, user);
    put(folder / "authorized_keys", keys.authorized, user);
    put(folder / "sshd_config", sshd_config(environment), user);
}

}  // namespace isag::sandbox
