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

// The bundles whose certificates the config wants trusted in the image.
std::vector<std::filesystem::path> wanted_bundles(const config::Container& container, const Environment& environment);

// Their certificates, as files of the build context. Reads the bundles.
Result<std::vector<NamedFile>> read_certificates(const std::vector<std::filesystem::path>& bundles);

}  // namespace isag::image
