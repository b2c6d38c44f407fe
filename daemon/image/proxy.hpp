// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include <string>

namespace isag::image {

// The person's proxy variables, each in upper and in lower case: HTTP_PROXY, HTTPS_PROXY, FTP_PROXY, NO_PROXY.
Environment proxy_variables(const Environment& environment);

// The proxy for this URL by those variables; empty: none.
std::string proxy_for(const std::string& url, const Environment& environment);

}  // namespace isag::image
