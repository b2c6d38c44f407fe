// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/net.hpp"
#include <functional>
#include <string>
#include <string_view>

namespace isag::api {

// What becomes of a file's text.
using TextEdit = std::function<Result<std::string>(std::string_view text)>;

// Edits the isag.yaml in place: it stays the same file, since a replaced one would drop out of the sandboxes that it is
// mounted into. No link that somebody could have laid is followed (security.md F7), and a file that changes meanwhile
// is left alone. What went wrong is in the answer.
proto::net::Saved edit_config_file(const std::string& file, const TextEdit& edit);

}  // namespace isag::api
