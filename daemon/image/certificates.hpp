// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/image/context.hpp"
#include <string>
#include <string_view>
#include <vector>

namespace isag::image {

// Splits PEM bundles (RFC 7468) into one file a certificate, each once, named after its content:
// "certificates/isag-<12 hex>.crt", sorted. Text between certificates and blocks of other kinds are passed over; a
// private key is refused, since the files end up in an image. `origin` names the bundle in messages.
Result<std::vector<NamedFile>> certificate_files(std::string_view bundle, const std::string& origin);

// Several such lists as one: each certificate once, sorted by name.
std::vector<NamedFile> merge_certificates(std::vector<NamedFile> a, const std::vector<NamedFile>& b);

}  // namespace isag::image
