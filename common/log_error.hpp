// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <exception>

namespace isag {

// What a TaskGroup does with a task's exception: it is logged, unless the task was only cancelled.
void log_unless_cancelled(std::exception_ptr error);

}  // namespace isag
