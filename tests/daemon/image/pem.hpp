// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>

namespace isag::test {

// A certificate as a bundle has it (RFC 7468, section 5), around a body that means nothing.
inline std::string pem(const std::string& body, const std::string& newline = "\n") {
    return "-----BEGIN CERTIFICATE-----" + newline + body + newline + "-----END CERTIFICATE-----" + newline;
}

}  // namespace isag::test
