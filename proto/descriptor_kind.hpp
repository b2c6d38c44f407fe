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

}  // namespace isag::proto
