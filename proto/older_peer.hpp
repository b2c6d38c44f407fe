// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/message.hpp"

namespace isag::proto {

// What an init or a gate refused, thrown. A sandbox runs on while isag is upgraded: where its peer does not know the
// method at all, the Error says what to do.
void throw_refusal(const Message& answer);

}  // namespace isag::proto
