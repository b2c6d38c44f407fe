// SPDX-License-Identifier: Apache-2.0
#include "client/ssh_keys.hpp"
#include "common/child_process.hpp"
#include "common/file.hpp"
#include "proto/forward.hpp"
#include "tests/client/stage.hpp"
#include "tests/support/process.hpp"
#include "tests/support/socket_pair.hpp"
#include <algorithm>
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <optional>
#include <poll.h>
#include <string>
#include <utility>
#include <vector>

// isag ssh against a server that an agent put in the place of the sandbox's sshd, with that one's key.
namespace isag {
using test::FakePeer;
using test::Stage;

namespace {

class HostileSshd {
public:
    HostileSshd(const std::filesystem::path& folder, std::string what)
        : artifacts_(folder / "artifacts"), what_(std::move(what)) {
        ensure_ssh_keys(artifacts_ / "ssh");
    }
    void serve(FakePeer& peer) {
        const auto request = peer.expect("ssh");
        test::SocketPair sockets;
        ChildOptions options;
        options.argv = {"python3", ISAG_TEST_DATA "/hostile_sshd.py",
                        (artifacts_ / "ssh/ssh_host_ed25519_key").string(), what_};
        options.env = {{"PATH", "/usr/bin:/bin"}};
        options.fds = {{sockets.theirs.get(), 0}};
        server_.emplace(ChildProcess::start(options));
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(sockets.ours));
        peer.reply(request, proto::SshReply{"web", "agent", artifacts_.string(), "deny"}, std::move(fds));
    }

private:
    std::filesystem::path artifacts_;
    std::string what_;
    std::optional<ChildProcess> server_;
};

struct Outcome {
    int status;
    long memory;  // at most, KiB
    std::string err;
};

Outcome connect_to(const std::string& what) {
    const Stage stage;
    HostileSshd sshd(stage.scratch.path(), what);
    test::FakeDaemon daemon(stage.runtime(), [&](FakePeer& peer) { sshd.serve(peer); });
    const auto err = stage.scratch / "err";
    ChildOptions options;
    options.argv = {"/bin/sh", "-c", "exec \"$0\" ssh web true >/dev/null 2>\"$1\"", ISAG_PROGRAM, err.string()};
    options.env = stage.environment;
    options.env["ASAN_OPTIONS"] += ":quarantine_size_mb=8";  // what is freed is no memory that it costs
    ChildProcess isag = ChildProcess::start(options);
    Outcome out{-1, 0, {}};
    pollfd fd{isag.pidfd().get(), POLLIN, 0};
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (::poll(&fd, 1, 10) == 0 && std::chrono::steady_clock::now() < until)
        out.memory = std::max(out.memory, test::proc_number(isag.pid(), "status", "VmHWM"));
    if (fd.revents == 0) isag.signal(SIGKILL);
    out.status = isag.wait().as_shell();
    out.err = read_file(err).value();
    return out;
}

}  // namespace

TEST_CASE(
    "isag ssh: a server that asks for more than it may, or sends and takes nothing, is hung up on, and costs no "
    "memory") {
    for (const std::string what : {"opens", "early", "asks"}) {
        CAPTURE(what);
        const auto done = connect_to(what);
        CHECK(done.status == 125);
        CHECK(done.err ==
              "isag: the sandbox's sshd sent more than it may, and was hung up on\n  it is not as isag "
              "started it; 'isag exec' goes in without sshd\n");
        CHECK(done.memory < test::most_memory);
    }
}

}  // namespace isag
