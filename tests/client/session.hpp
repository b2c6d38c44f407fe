// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "tests/client/stage.hpp"
#include <poll.h>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace isag::test {

// Answers "run" with a terminal, whose agent's end the script plays.
struct Session {
    explicit Session(FakePeer& peer, const std::string& clipboard = "deny") : peer_(peer) {
        const auto request = peer.expect("run");
        run = proto::from_json<proto::RunRequest>(*request.payload, "run").value();
        auto reply = test::reply_for(run);
        reply.session.clipboard = clipboard;
        peer.reply(request, reply, terminal.client_ends());
    }
    void print(std::string_view text) const {
        while (!text.empty()) {
            const ssize_t n = ::write(terminal.agent.get(), text.data(), text.size());
            if (n <= 0) throw Error("the client reads no more");
            text.remove_prefix(static_cast<std::size_t>(n));
        }
    }
    std::string read(std::size_t count) const {
        std::string out;
        while (out.size() < count) {
            pollfd fd{terminal.typed.get(), POLLIN, 0};
            char bytes[4096];
            if (::poll(&fd, 1, 20'000) <= 0) throw Error("the client typed only " + out);
            const ssize_t n = ::read(terminal.typed.get(), bytes, std::min(sizeof bytes, count - out.size()));
            if (n <= 0) throw Error("the client hung up");
            out.append(bytes, static_cast<std::size_t>(n));
        }
        return out;
    }
    proto::TerminalSize next_size() {
        const auto message = peer_.expect("resize");
        return proto::from_json<proto::TerminalSize>(*message.payload, "resize").value();
    }
    void exit(int code) {
        terminal.agent.reset();
        proto::Exited exited;
        exited.code = code;
        peer_.notify("exited", exited);
    }
    // Waits for the client to go.
    void wait_for_end() {
        while (peer_.receive()) {
        }
    }

    proto::RunRequest run;
    FakeTerminal terminal;

private:
    FakePeer& peer_;
};

}  // namespace isag::test
