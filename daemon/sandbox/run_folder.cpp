// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/run_folder.hpp"
#include "common/file.hpp"
#include "daemon/sandbox/ssh_files.hpp"
#include "proto/gate.hpp"

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

// A file that is there may be mounted in a sandbox that an earlier isagd started: it stays as it is.
void make_file(const fs::path& path, const std::string& content) {
    std::error_code ignored;
    if (fs::exists(path, ignored)) return;
    write_file(path, content, 0444, Sync::no);
    fs::permissions(path, fs::perms(0444));
}

// localhost is 127.0.0.1 alone: where IPv6 is off, nothing can listen at ::1.
std::string hosts_of(const std::string& hostname) {
    return "127.0.0.1\tlocalhost\n127.0.0.1\t" + hostname + "\n::1\tip6-localhost ip6-loopback\n";
}

}  // namespace

RunFolder run_folder(const Directories& directories, const std::string& id) {
    return {directories.runtime / "sandboxes" / id};
}

RunFolder make_run_folder(const Directories& directories, const std::string& id, const std::string& hostname) {
    const RunFolder folder = run_folder(directories, id);
    make_private_directory(directories.runtime);
    make_private_directory(folder.path.parent_path());
    fs::create_directories(folder.empty().folder);
    fs::permissions(folder.empty().folder, fs::perms(0555));
    for (const auto& path : {folder.path, folder.socket_folder(), folder.gate_folder()}) {
        fs::create_directories(path);
        fs::permissions(path, fs::perms(0755));
    }
    make_file(folder.empty().file, "");
    make_file(folder.hosts(), hosts_of(hostname));
    make_file(folder.hostname(), hostname + "\n");
    make_file(folder.profile(), login_profile());
    make_file(folder.resolv_conf(),
              std::string("# isag's gate answers for every name.\nnameserver ") + proto::gate::own_address + "\n");
    return folder;
}

}  // namespace isag::sandbox
