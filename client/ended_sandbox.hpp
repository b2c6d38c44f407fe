// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include <chrono>
#include <string>

namespace isag {

// For a session or a forward that broke off: whether its sandbox has ended, or does within that time. False where no
// isagd runs that knows. Throws Interrupted where one of the signals comes first.
bool sandbox_ends_within(const Context& context, const std::string& sandbox, std::chrono::milliseconds limit,
                         Signals& signals);

// "NAME has ended" and `what` of ours ended with it; the advice says how to see what it printed, and to start it anew.
Error sandbox_has_ended(const Context& context, const std::string& sandbox, const std::string& what, Signals& signals);

}  // namespace isag
