// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/copy/place.hpp"
#include "client/signals.hpp"
#include <string>

namespace isag {

struct CopyOptions {
    bool follow = false;  // a link that is the source
    bool quiet = false;   // no progress
};

// What `isag cp` does, in each direction; the sandbox does its part by tar, as the container user. Each returns once
// all is copied and throws Error where something is not. Where a signal ends it (Interrupted), or anything else, the
// files that are there are whole.

// From a sandbox to a path of the host (security.md F7: see TreeWriter).
void copy_from_sandbox(const Context& context, const CopyPlace& from, const std::string& to, const CopyOptions& options,
                       Signals& signals);

// From a path of the host to a sandbox (see TreeReader).
void copy_to_sandbox(const Context& context, const std::string& from, const CopyPlace& to, const CopyOptions& options,
                     Signals& signals);

// The tar archive as it comes, unread, to stdout.
void stream_from_sandbox(const Context& context, const CopyPlace& from, const CopyOptions& options, Signals& signals);

// Stdin, a tar archive, into a folder there. Its bytes pass unread: a file that is interrupted stays in part.
void stream_to_sandbox(const Context& context, const CopyPlace& to, Signals& signals);

}  // namespace isag
