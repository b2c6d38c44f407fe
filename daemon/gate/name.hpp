// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>
#include <string_view>

namespace isag::gate {

// A domain name in the one form that names are compared in (security.md N2): lower-case, one trailing dot taken off,
// labels of letters, digits, '-' and '_' with 1 to 63 bytes, 253 in all (RFC 1035, 2.3.4). Everything else is a
// failure, an IP literal too, in any of the forms that inet_aton(3) takes.
Result<std::string> normalize_name(std::string_view text);

}  // namespace isag::gate
