// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/connection.hpp"
#include "client/context.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include "proto/api.hpp"
#include <cstdint>

namespace isag {

// What to tell of a sandbox whose isagd went away before it said that it had started: what has become of it, as the
// next isagd knows, which is started for that, since it removes what is not whole. `asked` is when it was asked for, in
// seconds since the epoch. One of the signals throws Interrupted.
Error lost_start(const Context& context, const proto::RunRequest& request, std::int64_t asked, const DaemonGone& gone,
                 Signals& signals);

}  // namespace isag
