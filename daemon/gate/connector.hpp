// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/gate/mode.hpp"
#include "daemon/gate/resolver.hpp"
#include "daemon/gate/shared.hpp"
#include "proto/gate.hpp"
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace isag::gate {

// Connects for isagd inside the namespace ("connect" of proto/gate.hpp). Its sockets carry no mark: the rules treat
// them as they treat the agent's own.
class Connector {
public:
    static constexpr std::size_t most = 1024;  // at a time
    static constexpr std::chrono::seconds patience{10};

    // `resolv_conf` is asked in mode open alone: with rules the gate never reads that file (security.md N9).
    Connector(Shared& shared, Resolver& resolver, Mode mode, std::filesystem::path resolv_conf = "/etc/resolv.conf");

    // Throws Error.
    boost::asio::awaitable<UniqueFd> connect(proto::gate::Connect target);

private:
    boost::asio::awaitable<UniqueFd> reach(std::string host, std::uint16_t port);
    boost::asio::awaitable<UniqueFd> reach_name(std::string host, std::uint16_t port);
    std::vector<dns::Address> synthetic_address(const std::string& name, std::uint16_t port);
    void read_nameservers();

    Shared& shared_;
    Resolver& resolver_;
    const Mode mode_;
    const std::filesystem::path resolv_conf_;
    std::size_t connecting_ = 0;
};

}  // namespace isag::gate
