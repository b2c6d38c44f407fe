// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"

// What a descriptor is that somebody else handed over (security.md D6): it is read and written as if it were ours.
namespace isag::proto {

// The master of a pseudo-terminal (pts(4)).
bool is_terminal_master(const UniqueFd& fd);

// An end of a pipe that has no name (pipe(7)), open for reading alone, or for writing alone.
bool is_pipe_to_read(const UniqueFd& fd);
bool is_pipe_to_write(const UniqueFd& fd);

// A stream socket (socket(7)) that nobody listens on: TCP over IPv4 or IPv6, or unix(7). Whether the other end is still
// there is not asked: it may have gone meanwhile.
bool is_tcp_stream(const UniqueFd& fd);
bool is_unix_stream(const UniqueFd& fd);

// One that listens.
bool is_tcp_listener(const UniqueFd& fd);
bool is_unix_listener(const UniqueFd& fd);

}  // namespace isag::proto
