// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include "daemon/image/context.hpp"
#include <filesystem>
#include <optional>
#include <vector>

namespace isag::image {

// The bundle of authorities that this host trusts: SSL_CERT_FILE, else where distributions keep it; none where there
// is none.
std::optional<std::filesystem::path> host_bundle(const Environment& environment);

// The certificates that the config wants trusted in the image, as files of the build context. Reads those files.
Result<std::vector<NamedFile>> wanted_certificates(const config::Container& container, const Environment& environment);

}  // namespace isag::image
