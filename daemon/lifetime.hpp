// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/unique_fd.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>

namespace isag {

// Holds isagd.lock of the runtime folder (flock(2)) for this process's life. Throws Error where another isagd does.
UniqueFd lock_instance(const Directories& directories);

// The socket that systemd passed (sd_listen_fds(3)), else one made at Directories::socket(). Throws Error.
boost::asio::local::stream_protocol::acceptor open_listener(boost::asio::any_io_executor executor,
                                                            const Directories& directories);

// isag-init: beside this program (the build tree), else in ../libexec/isag (installed). Throws Error.
std::filesystem::path find_init_program();
std::filesystem::path find_cover_program();
// isag-gate.tar, what the gates' image is made of: in the same places. Throws Error.
std::filesystem::path find_gate_archive();

// Says so to systemd (sd_notify(3)) and, with 'R', to whoever waits at the descriptor (none: -1), which is closed.
void tell_ready(int descriptor);
void tell_stopping();

}  // namespace isag
