// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "proto/gate.hpp"
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace isag {

// "example.com:443", or without a port the name alone; fit for a terminal.
std::string place_of(const proto::gate::Event& event);

// One line of `isag net log`.
std::string event_line(const std::string& sandbox, const proto::gate::Event& event);

// The same as an object; its time as RFC 3339 has it.
nlohmann::json event_json(const std::string& sandbox, const proto::gate::Event& event);

}  // namespace isag
