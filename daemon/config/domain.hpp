// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include <string>
#include <string_view>

namespace isag::config {

// `example.com`, `*.example.com`, each with `:port` or `:port,port`. Lower-cases the name and strips one dot at its
// end; letters, digits, - and _ only, at most 253 bytes, no IP address, and no wildcard that spans other people's
// sites.
Result<DomainRule> parse_domain(std::string_view text);

// `1.1.1.1` or `1.1.1.1:5353`.
Result<Resolver> parse_resolver(std::string_view text);

}  // namespace isag::config
