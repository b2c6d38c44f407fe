// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace isag::test {

// How many checks of this program have failed so far (failures.cpp counts them).
int failures();

}  // namespace isag::test
