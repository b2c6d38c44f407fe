// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <array>
#include <string_view>
#include <vector>

// What isag.yaml means where it is silent, and what `isag init` writes into one.
namespace isag::config {

inline constexpr const char* default_project = ".:/workspace/project:rw";
inline constexpr const char* default_host_home = "~/agents";
inline constexpr const char* default_host_cache_dir = "~/isag-cache";

extern const std::vector<std::string_view> default_domains;
extern const std::vector<std::string_view> forum_domains;  // of the extended starter
extern const std::vector<std::string_view> gpu_domains;    // of the extended and the GPU starter
extern const std::vector<std::string_view> model_domains;  // of the extended starter
extern const std::vector<std::string_view> default_protect;
extern const std::vector<std::string_view> starter_dns;

}  // namespace isag::config
