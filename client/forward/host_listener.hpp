// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "proto/forward.hpp"
#include <filesystem>
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::forward {

// The sockets of this machine that one -L or -D listens on. A unix socket's file goes with it.
class HostListener {
public:
    // An empty host: 127.0.0.1 and ::1; "*": every address; else the addresses that it resolves to. All of them get the
    // same port, port 0 one that is free. A unix socket is for its owner alone; on the way to it no link is followed
    // that anybody but root could have made. Where one of them can't be had, throws Error that names it and, where that
    // can be told, who has it; `option` is what the person gave: -L, -D.
    HostListener(const proto::Endpoint& at, const std::string& option);
    HostListener(HostListener&& other) noexcept;
    HostListener& operator=(HostListener&&) = delete;
    HostListener(const HostListener&) = delete;
    ~HostListener();

    std::int64_t port() const { return port_; }
    // They are the caller's from now on.
    std::vector<UniqueFd> take_sockets() { return std::move(sockets_); }

private:
    void listen_at_path(const std::filesystem::path& path, const std::string& option);

    std::vector<UniqueFd> sockets_;
    std::int64_t port_ = 0;
    UniqueFd folder_;   // O_PATH, of the unix socket
    std::string name_;  // of its file there, which we made
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

}  // namespace isag::forward
