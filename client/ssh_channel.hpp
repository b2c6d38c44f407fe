// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace isag {

// A program on the other end of an SSH connection (RFC 4254, section 6), by libssh.
class SshChannel {
public:
    struct Login {
        std::string user;
        std::filesystem::path keys;  // the folder with id_ed25519 and ssh_host_ed25519_key.pub
        bool verbose = false;        // libssh's log goes to stderr
    };
    struct Program {
        std::optional<std::string> command;           // none: the user's shell
        std::optional<proto::TerminalSize> terminal;  // none: three streams
        Environment environment;                      // TERM is the terminal's; the server may refuse others
    };

    // Logs in over the socket and starts the program; waits for both. The server has to show exactly that host key.
    // Neither ssh's configuration files nor an agent are asked. Throws Error. Signals act as ever meanwhile.
    SshChannel(UniqueFd socket, const Login& login, const Program& program);
    ~SshChannel();

    // For poll(2): the socket, and what of it is waited for. Whatever it said, advance() then moves what can be moved
    // without waiting; false where the connection is gone.
    int socket() const;
    short wanted_events() const;
    bool advance();

    // What the program printed, as far as it has come and up to `most` bytes, appended to `out`.
    void read(bool errors, std::size_t most, std::string& out);
    // Sends what can be sent without waiting, and tells how much that is.
    std::size_t write(std::string_view bytes);
    void end_input();
    void resize(const proto::TerminalSize& size);

    // The program has ended, and all that it printed is read or can be.
    bool is_closed() const;
    // Throws Error where the connection was given up because the server sent what nobody asked for.
    void check_behaviour() const;
    // How, as a shell says it; none where the server did not tell.
    std::optional<int> status() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace isag
