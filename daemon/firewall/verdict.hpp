// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include "proto/gate.hpp"
#include <string>
#include <string_view>

namespace isag::firewall {

// `example.com` or `example.com:22`, as a person asks about it; an address too, which no rule can name. Without a port
// it is 443.
Result<proto::gate::Check> parse_host(std::string_view text);

// What a gate with this config would say, live rules aside.
proto::gate::Checked verdict(const config::Config& config, const proto::gate::Check& check);

}  // namespace isag::firewall
