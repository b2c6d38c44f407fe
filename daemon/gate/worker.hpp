// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/handover.hpp"

namespace isag::gate {

// Does the gate's work until something fails. Throws; the supervisor then starts the next one, which goes on where this
// one was.
[[noreturn]] void run_worker(Handover handover);

}  // namespace isag::gate
