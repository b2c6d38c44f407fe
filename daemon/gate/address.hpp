// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/gate/resolver_message.hpp"
#include <string>

namespace isag::gate {

// "203.0.113.7", "2001:db8::7"
Result<dns::Address> parse_address(const std::string& text);
std::string address_text(const dns::Address& address);

}  // namespace isag::gate
