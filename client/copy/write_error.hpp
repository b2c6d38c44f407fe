// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <string>

namespace isag {

// "<what>: <strerror>", of something that could not be made or written on the host, with what to do about it.
Error write_error(const std::string& what, int error);

}  // namespace isag
