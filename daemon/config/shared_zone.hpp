// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <optional>
#include <string>

namespace isag::config {

// Why `*.name` would allow other people's sites: name is a public suffix (com, co.uk), a zone where anybody gets a name
// (github.io, cloudfront.net), or a cloud's own. Nothing where it is somebody's own domain.
std::optional<std::string> why_shared(const std::string& name);

}  // namespace isag::config
