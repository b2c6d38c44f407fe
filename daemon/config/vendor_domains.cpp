// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/vendor_domains.hpp"

namespace isag::config {

std::vector<std::string> vendor_domains(Vendor vendor) {
    // The second one gives and renews the tokens of who logged in.
    if (vendor == Vendor::claude) return {"api.anthropic.com", "platform.claude.com"};
    return {"api.openai.com", "chatgpt.com", "auth.openai.com"};
}

}  // namespace isag::config
