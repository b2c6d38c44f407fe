// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_keys.hpp"
#include "client/ssh_library.hpp"
#include "common/directories.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "common/unique_fd.hpp"
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <libssh/libssh.h>
#include <memory>
#include <string>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

struct KeyDeleter {
    void operator()(ssh_key key) const { ssh_library().key_free(key); }
};
using SshKey = std::unique_ptr<ssh_key_struct, KeyDeleter>;

// How the base64 of an OpenSSH private key begins where it is one Ed25519 key without a passphrase (openssh-key-v1,
// cipher and kdf "none", one key, its type): enough to tell on every run, without libssh.
constexpr std::string_view key_begin = "b3BlbnNzaC1rZXktdjEAAAAABG5vbmUAAAAEbm9uZQAAAAAAAAABAAAAMwAAAAtzc2gtZWQyNTUx";

void check_key(const fs::path& path) {
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0) throw errno_error("cannot look at " + path.string(), errno);
    if (!S_ISREG(info.st_mode) || info.st_uid != ::geteuid() || (info.st_mode & 077) != 0)
        throw Error("the key " + path.string() + " is open to others", "remove it; the next run makes another");
    std::string text = read_file(path).value();
    std::erase(text, '\n');
    if (!text.starts_with("-----BEGIN OPENSSH PRIVATE KEY-----" + std::string(key_begin)))
        throw Error(path.string() + " is no Ed25519 key without a passphrase", "remove it; the next run makes another");
}

SshKey load_key(const fs::path& path) {
    ssh_key raw = nullptr;
    if (ssh_library().pki_import_privkey_file(path.c_str(), "", nullptr, nullptr, &raw) != SSH_OK)
        throw Error(path.string() + " cannot be read as a key", "remove it; the next run makes another");
    return SshKey(raw);
}

// libssh writes to a name, so the name is a fresh file that only we can read.
void make_key(const fs::path& path) {
    ssh_key raw = nullptr;
    if (ssh_library().pki_generate(SSH_KEYTYPE_ED25519, 0, &raw) != SSH_OK) throw Error("cannot make an ssh key");
    SshKey key(raw);
    std::string temporary = path.string() + ".XXXXXX";
    const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) throw errno_error("cannot write beside " + path.string(), errno);
    const bool written =
        ssh_library().pki_export_privkey_file(key.get(), nullptr, nullptr, nullptr, temporary.c_str()) == SSH_OK;
    // link(2): of two that do this at the same time, the first one's key stays.
    const bool placed =
        written && ::fsync(fd.get()) == 0 && (::link(temporary.c_str(), path.c_str()) == 0 || errno == EEXIST);
    const int error = errno;
    ::unlink(temporary.c_str());
    if (!placed) throw errno_error("cannot write " + path.string(), error);
}

std::string public_line(const SshKey& key, const std::string& comment) {
    ssh_key raw_public = nullptr;
    char* base64 = nullptr;
    if (ssh_library().pki_export_privkey_to_pubkey(key.get(), &raw_public) != SSH_OK)
        throw Error("cannot read an ssh key");
    const SshKey public_key(raw_public);
    if (ssh_library().pki_export_pubkey_base64(public_key.get(), &base64) != SSH_OK)
        throw Error("cannot read an ssh key");
    const std::string line = std::string("ssh-ed25519 ") + base64 + " " + comment + "\n";
    ssh_library().string_free_char(base64);
    return line;
}

void ensure_key(const fs::path& path, const std::string& comment) {
    std::error_code error;
    const bool there = fs::exists(fs::symlink_status(path, error));
    if (!there) make_key(path);
    check_key(path);
    const fs::path public_path = path.string() + ".pub";
    const auto now = read_file(public_path);
    if (!now || !now->starts_with("ssh-ed25519 ")) write_file(public_path, public_line(load_key(path), comment), 0644);
}

}  // namespace

void ensure_ssh_keys(const fs::path& folder) {
    make_private_directory(folder);
    ensure_key(folder / "id_ed25519", "isag");
    ensure_key(folder / "ssh_host_ed25519_key", "isag-sandbox");
}

}  // namespace isag
