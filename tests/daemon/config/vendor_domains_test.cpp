// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/vendor_domains.hpp"
#include <doctest/doctest.h>

namespace isag::config {

TEST_CASE("each vendor's own names are known") {
    CHECK(vendor_domains(Vendor::claude) == std::vector<std::string>{"api.anthropic.com", "platform.claude.com"});
    CHECK(vendor_domains(Vendor::codex) ==
          std::vector<std::string>{"api.openai.com", "chatgpt.com", "auth.openai.com"});
}

}  // namespace isag::config
