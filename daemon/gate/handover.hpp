// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/mode.hpp"
#include "daemon/gate/sockets.hpp"
#include <cstdint>
#include <string>

namespace isag::gate {

// What the supervisor has made, and each worker gets.
struct Handover {
    Mode mode = Mode::limited;
    std::string socket_path;  // isagd's
    std::uint32_t mark = 0;   // these two: not in mode open
    Sockets sockets;
    UniqueFd names;     // files that outlive workers: see Names
    UniqueFd settings;  // and Memory
};

}  // namespace isag::gate
