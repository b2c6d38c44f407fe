// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace isag::forward {

// The inodes of the sockets that listen on that port, by the text of /proc/net/tcp or tcp6 (proc(5)). What is no such
// line is passed over.
std::set<std::uint64_t> listening_inodes(std::string_view table, std::int64_t port);

// "nginx (process 4711)": who listens on that TCP port of this machine, as far as that can be told: other people's
// processes can't be looked into.
std::optional<std::string> port_holder(std::int64_t port);

}  // namespace isag::forward
