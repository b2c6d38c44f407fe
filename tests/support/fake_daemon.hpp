// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include "proto/fields.hpp"
#include "proto/protocol.hpp"
#include "proto/wire.hpp"
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <pty.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <thread>
#include <utility>
#include <vector>

namespace isag::test {

// isagd's end of one connection, for a script that knows what comes. Each wait has a deadline.
class FakePeer {
public:
    explicit FakePeer(UniqueFd socket) : socket_(std::move(socket)) {}

    // The next message; nothing where the client went away.
    std::optional<proto::Message> receive() {
        for (;;) {
            if (auto incoming = wire_.next().value()) return std::move(incoming->message);
            pollfd fd{socket_.get(), POLLIN, 0};
            if (::poll(&fd, 1, 20'000) <= 0) throw Error("the client said nothing");
            if (wire_.read_some(socket_.get()).value() == proto::Wire::Io::closed) return std::nullopt;
        }
    }
    // The next one of that method; others are passed over. Throws where the client went away.
    proto::Message expect(const std::string& method) {
        while (auto message = receive())
            if (message->method == method) return *message;
        throw Error("the client went away before " + method);
    }

    template <class T>
    void reply(const proto::Message& request, const T& result, std::vector<UniqueFd> fds = {}) {
        const auto count = static_cast<std::int64_t>(fds.size());
        wire_.queue(proto::result_line(request.id, proto::to_json(result), count), std::move(fds));
        flush();
    }
    template <class T>
    void notify(const std::string& method, const T& message) {
        wire_.queue(proto::notification_line(method, proto::to_json(message)));
        flush();
    }
    void fail(const proto::Message& request, const Error& error) {
        wire_.queue(proto::error_line(request.id, error));
        flush();
    }
    void send_line(std::string line) {
        wire_.queue(std::move(line));
        flush();
    }
    void close() { socket_.reset(); }
    int socket() const { return socket_.get(); }

private:
    void flush() {
        while (wire_.flush(socket_.get()) == proto::Wire::Io::would_block) {
            pollfd fd{socket_.get(), POLLOUT, 0};
            ::poll(&fd, 1, 20'000);
        }
    }
    UniqueFd socket_;
    proto::Wire wire_;
};

// Listens where isag looks for its daemon and plays a script for each connection, hello done, in a thread of its own.
class FakeDaemon {
public:
    using Script = std::function<void(FakePeer&)>;

    FakeDaemon(const std::filesystem::path& runtime_dir, Script script,
               proto::Hello hello = {proto::client_protocol, "9.8.7"})
        : script_(std::move(script)), hello_(std::move(hello)) {
        std::filesystem::create_directories(runtime_dir / "isag");
        std::filesystem::permissions(runtime_dir / "isag", std::filesystem::perms::owner_all);
        const auto path = runtime_dir / "isag" / "isagd.sock";
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
        listener_.reset(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        if (::bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
            ::listen(listener_.get(), 16) != 0)
            throw Error("cannot listen on " + path.string());
        stop_ = make_pipe();
        thread_ = std::thread([this] { serve(); });
    }
    FakeDaemon(const FakeDaemon&) = delete;
    ~FakeDaemon() {
        stop_.write.reset();
        thread_.join();
    }

    // What went wrong in a script; empty where nothing did. Call it once the client has ended.
    std::string failure() {
        stop_.write.reset();
        if (thread_.joinable()) thread_.join();
        thread_ = std::thread([] {});
        return failure_;
    }

private:
    void serve() {
        for (;;) {
            pollfd fds[2] = {{stop_.read.get(), POLLIN, 0}, {listener_.get(), POLLIN, 0}};
            ::poll(fds, 2, -1);
            if (fds[1].revents != 0) {
                play(UniqueFd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
            } else if (fds[0].revents != 0) {
                return;
            }
        }
    }

    void play(UniqueFd socket) {
        try {
            FakePeer peer(std::move(socket));
            peer.reply(peer.expect("hello"), hello_);
            script_(peer);
        } catch (const std::exception& e) {
            failure_ += std::string(e.what()) + "\n";
        }
    }

    Script script_;
    proto::Hello hello_;
    UniqueFd listener_;
    Pipe stop_;
    std::string failure_;
    std::thread thread_;
};

// The far end of a session's terminal: the pair, both ends raw.
struct FakeTerminal {
    FakeTerminal() {
        int ends[2];
        termios mode{};
        ::cfmakeraw(&mode);
        if (::openpty(&ends[0], &ends[1], nullptr, &mode, nullptr) != 0) throw Error("openpty failed");
        for (const int fd : ends) ::fcntl(fd, F_SETFD, FD_CLOEXEC);
        client.reset(ends[0]);
        agent.reset(ends[1]);
        auto pipe = make_pipe();
        keys.reset(::open(path_of(pipe.write.get()).c_str(), O_RDWR | O_CLOEXEC));
        typed = std::move(pipe.read);
    }
    // What the client is given. Once.
    std::vector<UniqueFd> client_ends() {
        std::vector<UniqueFd> out;
        out.push_back(std::move(client));
        out.push_back(std::move(keys));
        return out;
    }
    UniqueFd client;
    UniqueFd keys;
    UniqueFd agent;  // what the agent prints to
    UniqueFd typed;  // what it reads
};

// Waits for the child and passes on the client's signals; then says how it ended. The client gone: the child is killed.
inline void tend(FakePeer& peer, ChildProcess& child) {
    for (;;) {
        pollfd fds[2] = {{child.pidfd().get(), POLLIN, 0}, {peer.socket(), POLLIN, 0}};
        if (::poll(fds, 2, 20'000) <= 0) throw Error("the child did not end");
        if (fds[0].revents != 0) break;
        const auto message = peer.receive();
        if (!message) return;
        if (message->method == "signal")
            child.signal(static_cast<int>(proto::from_json<proto::Signal>(*message->payload, "signal")->number));
    }
    const ExitStatus status = child.wait();
    proto::Exited exited;
    if (status.code) exited.code = *status.code;
    if (status.signal) exited.signal = *status.signal;
    peer.notify("exited", exited);
}

// What a message asks for.
template <class T>
T request_of(const proto::Message& message) {
    return proto::from_json<T>(*message.payload, message.method).value();
}

// What the daemon answers a run with; the artifacts folder is beside the isag.yaml.
inline proto::RunReply reply_for(const proto::RunRequest& run) {
    return {"fake",
            (std::filesystem::path(run.config.path).parent_path() / "artifacts").string(),
            {"0123456789ab", 7, "ctrl-p,ctrl-q", "deny"}};
}

// Serves "run" without a terminal: the request's arguments are a command of this machine.
inline void run_with_pipes(FakePeer& peer) {
    const auto request = peer.expect("run");
    const auto run = proto::from_json<proto::RunRequest>(*request.payload, "run").value();
    Pipe in = make_pipe(), out = make_pipe(), err = make_pipe();
    ChildOptions options;
    options.argv = run.arguments;
    options.env = run.config.environment;
    for (const auto& [name, value] : run.extra_environment) options.env[name] = value;
    options.fds = {{in.read.get(), 0}, {out.write.get(), 1}, {err.write.get(), 2}};
    try {
        ChildProcess child = ChildProcess::start(options);
        in.read.reset();
        out.write.reset();
        err.write.reset();
        std::vector<UniqueFd> fds;
        fds.push_back(std::move(in.write));
        fds.push_back(std::move(out.read));
        fds.push_back(std::move(err.read));
        peer.reply(request, reply_for(run), std::move(fds));
        tend(peer, child);
    } catch (const Error& e) {
        peer.fail(request, e);
    }
}

}  // namespace isag::test
