// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/forward.hpp"
#include "proto/session.hpp"
#include "tests/client/forward/loopback.hpp"
#include "tests/client/stage.hpp"
#include "tests/e2e/running.hpp"
#include <atomic>
#include <mutex>
#include <set>
#include <string>
#include <vector>

namespace isag::test {

// isagd and the sandbox "fake" behind it: a connection inside leads to a server of this machine at that port. Some host
// names have a meaning: "refuses", "forbidden", "odd" (no socket), "leaves" (isagd goes away; the next one connects at
// the second try), "ends" (so does the sandbox) and "both-end" (it and then isagd).
class FakeSandbox {
public:
    void serve(FakePeer& peer) {
        ++daemons_;
        while (const auto request = peer.receive()) {
            if (request->method == "forwards" && has_ended_) {
                peer.fail(*request, Error("the sandbox fake has ended (exit status 0)", "start it"));
            } else if (request->method == "forwards") {
                const std::lock_guard lock(mutex_);
                told_ = request_of<proto::ForwardsRequest>(*request);
                ++tellings_;
                peer.reply(*request, proto::ForwardsReply{"fake"});
            } else if (request->method == "listen") {
                listen(peer, *request);
            } else if (request->method == "logs") {
                logs(peer, *request);
            } else if (request->method == "sockets") {
                sockets(peer, *request);
            } else if (!connect(peer, *request)) {
                return;
            }
        }
    }
    proto::ForwardsRequest told() const {
        const std::lock_guard lock(mutex_);
        return told_;
    }
    int tellings() const { return tellings_; }
    int daemons() const { return daemons_; }
    // How many connections were asked for.
    int asked() const { return asked_; }
    // How many sockets that aren't connected were given.
    int given() const { return given_; }
    // From now on it has no sockets to give that aren't connected, like an older isagd.
    void keep_sockets() { keeps_sockets_ = true; }
    // From now on it has a log, as one with a terminal.
    void keep_log() { keeps_log_ = true; }
    // From now on it has ended.
    void end() { has_ended_ = true; }

private:
    // False where isagd goes away.
    bool connect(FakePeer& peer, const proto::Message& request) {
        const auto to = request_of<proto::ConnectRequest>(request).to;
        ++asked_;
        if (to.host == "leaves" && daemons_ == 1) return false;
        if (to.host == "ends" || to.host == "both-end") {
            proto::Exited exited;
            exited.code = 0;
            peer.notify("exited", exited);
        }
        std::vector<UniqueFd> fds;
        try {
            if (to.host == "forbidden")
                throw Error("x: the firewall refuses it: no rule names x", "", ErrorKind::not_found);
            if (to.host == "leaves" && asked_ < 4) throw Error("isag-gate is not connected");
            if (to.host == "odd")
                fds.push_back(make_pipe().read);
            else if (to.host != "refuses")
                fds.push_back(to.path.empty() ? try_connect(static_cast<int>(to.port)) : connect_to_path(to.path));
            if (fds.empty() || !fds[0]) throw Error("x: cannot connect: Connection refused", "", ErrorKind::not_found);
            peer.reply(request, proto::ConnectReply{"fake"}, std::move(fds));
        } catch (const Error& error) {
            peer.fail(request, error);
        }
        return to.host != "both-end";
    }
    void sockets(FakePeer& peer, const proto::Message& request) {
        if (keeps_sockets_) return peer.fail(request, Error("there is no method 'sockets'"));
        std::vector<UniqueFd> fds;
        for (std::int64_t i = 0; i < request_of<proto::SocketsRequest>(request).count; ++i)
            fds.emplace_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        given_ += static_cast<int>(fds.size());
        peer.reply(request, proto::SocketsReply{"fake"}, std::move(fds));
    }
    void logs(FakePeer& peer, const proto::Message& request) const {
        if (!keeps_log_) return peer.fail(request, Error("what fake printed was not kept", "", ErrorKind::usage));
        peer.reply(request, proto::LogsReply{"fake", {}});
    }
    static void listen(FakePeer& peer, const proto::Message& request) {
        const auto listen = request_of<proto::ListenRequest>(request);
        if (listen.to.path == "/run/docker.sock")
            return peer.fail(request, Error("/run/docker.sock is a container engine's socket"));
        Listening listening;
        try {
            listening = listen_on_loopback(static_cast<int>(listen.at.port));
        } catch (const Error&) {  // in the gate's words
            const std::string port = "port " + std::to_string(listen.at.port);
            return peer.fail(request, Error(port + " of the sandbox (localhost) is in use", "choose another port"));
        }
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(listening.socket));
        peer.reply(request, proto::ListenReply{"fake", listening.port}, std::move(fds));
    }

    mutable std::mutex mutex_;
    proto::ForwardsRequest told_;
    std::atomic<int> tellings_ = 0;
    std::atomic<int> daemons_ = 0;
    std::atomic<int> asked_ = 0;
    std::atomic<int> given_ = 0;
    std::atomic<bool> keeps_sockets_ = false;
    std::atomic<bool> keeps_log_ = false;
    std::atomic<bool> has_ended_ = false;
};

// isag ssh -N with those forwards of the sandbox "fake", once all of them listen; with so many descriptors, if any.
class ForwardStage {
public:
    explicit ForwardStage(const std::vector<std::string>& options, int descriptors = 0)
        : daemon_(stage.runtime(), [this](FakePeer& peer) { sandbox.serve(peer); }),
          isag_(command(options, descriptors), stage.environment, stage.scratch / "isag") {
        if (!eventually([&] { return sandbox.tellings() > 0 || isag_.has_ended(); }) || isag_.has_ended())
            throw Error("isag does not forward: " + isag_.err());
        // What it says of each goes before its first connection.
        for (std::size_t i = 0; i < sandbox.told().forwards.size(); ++i) isag_.expect("isag: forwarding ");
    }

    // Of the forward of that place.
    int port(std::size_t place = 0) const { return static_cast<int>(sandbox.told().forwards.at(place).listen.port); }
    Running& isag() { return isag_; }
    std::string failure() { return daemon_.failure(); }

    Stage stage;
    FakeSandbox sandbox;

private:
    static std::vector<std::string> command(const std::vector<std::string>& options, int descriptors) {
        auto words = Stage::command({"ssh", "fake", "-N", "-v"});
        words.insert(words.end(), options.begin(), options.end());
        if (descriptors > 0) words.insert(words.begin(), {"prlimit", "--nofile=" + std::to_string(descriptors), "--"});
        return words;
    }

    FakeDaemon daemon_;
    Running isag_;
};

inline std::string to_port(int port, const std::string& host = "localhost") {
    return "0:" + host + ":" + std::to_string(port);
}

}  // namespace isag::test
