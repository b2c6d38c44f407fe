// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/ssh_keys.hpp"
#include "common/child_process.hpp"
#include "common/file.hpp"
#include "proto/forward.hpp"
#include "tests/support/fake_daemon.hpp"
#include "tests/support/socket_pair.hpp"
#include <atomic>
#include <csignal>
#include <filesystem>
#include <mutex>
#include <pwd.h>
#include <string>
#include <unistd.h>
#include <vector>

namespace isag::test {

// OpenSSH's sshd, one a connection, in which the tests' own user logs in: what a fake isagd answers "ssh" with. Its
// files are in `folder`, its log too. The end kills them all.
class RealSshd {
public:
    explicit RealSshd(const std::filesystem::path& folder, const std::string& more_config = {})
        : folder_(folder), config_(folder / "sshd_config") {
        ensure_ssh_keys(keys());
        set_authorized("id_ed25519.pub");
        write_file(config_, "HostKey " + (keys() / "ssh_host_ed25519_key").string() + "\nAuthorizedKeysFile " +
                                (folder / "authorized").string() +
                                "\nAuthenticationMethods publickey\nPermitRootLogin yes\nUsePAM no\nStrictModes no\n"
                                "PidFile none\nPrintMotd no\nPrintLastLog no\nAcceptEnv LANG LC_* COLORTERM\n" +
                                more_config);
        // Where sshd puts the part of itself that talks to strangers; only root's has that part.
        if (::geteuid() == 0) std::filesystem::create_directories("/run/sshd");
    }
    RealSshd(const RealSshd&) = delete;
    ~RealSshd() { signal(SIGKILL); }

    std::filesystem::path keys() const { return folder_ / "artifacts/ssh"; }
    std::string log() const {
        const auto text = read_file(folder_ / "log");
        return text ? *text : std::string();
    }
    // The key that is let in, by its file's name in keys().
    void set_authorized(const std::string& name) const {
        write_file(folder_ / "authorized", read_file(keys() / name).value());
    }

    // From now on isagd says so of the sandbox.
    void end_sandbox() { has_ended_ = true; }

    // A FakeDaemon's script: answers "ssh", "ps" and "logs".
    void serve(FakePeer& peer) {
        while (const auto request = peer.receive()) {
            if (request->method == "ssh") return open(peer, *request);
            if (request->method == "logs") peer.fail(*request, Error("what web printed was not kept"));
            if (request->method != "ps") continue;
            proto::PsReply reply;
            if (!has_ended_) reply.sandboxes.emplace_back().name = "web";
            peer.reply(*request, reply);
        }
    }
    auto script() {
        return [this](FakePeer& peer) { serve(peer); };
    }

    // To each sshd with all of its parts, but not to the programs that got a session of their own (a terminal).
    void signal(int number) {
        const std::lock_guard lock(mutex_);
        for (const auto& sshd : running_) ::kill(-sshd.pid(), number);
    }

private:
    void open(FakePeer& peer, const proto::Message& request) {
        SocketPair sockets;
        ChildOptions options;
        options.argv = {program, "-i", "-f", config_.string(), "-E", (folder_ / "log").string()};
        options.env = {{"PATH", "/usr/bin:/bin"}};
        options.fds = {{sockets.theirs.get(), 0}, {sockets.theirs.get(), 1}};
        options.new_session = true;
        {
            const std::lock_guard lock(mutex_);
            running_.push_back(ChildProcess::start(options));
        }
        proto::SshReply reply{"web", user(), (folder_ / "artifacts").string(), "deny"};
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(sockets.ours));
        peer.reply(request, reply, std::move(fds));
    }

    static constexpr const char* program = "/usr/sbin/sshd";

    static std::string user() {
        const passwd* const entry = ::getpwuid(::geteuid());
        if (!entry) throw Error("the tests' user has no name");
        return entry->pw_name;
    }

    std::filesystem::path folder_;
    std::filesystem::path config_;
    std::atomic<bool> has_ended_ = false;
    std::mutex mutex_;  // the daemon's thread starts them
    std::vector<ChildProcess> running_;
};

}  // namespace isag::test
