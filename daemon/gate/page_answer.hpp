// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/first_look.hpp"
#include <functional>
#include <string>
#include <string_view>

namespace isag::gate {

// The answer to a request for http://isag.internal/PATH: what `page` says of the path, or why there is none.
std::string page_answer(const FirstLook& look, const std::function<std::string(std::string_view path)>& page);

}  // namespace isag::gate
