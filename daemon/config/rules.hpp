// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <string_view>

// What single words of isag.yaml may look like. Several of them reach a Dockerfile's RUN line or an engine's API.
namespace isag::config {

bool is_container_name(std::string_view text);    // [a-z0-9][a-z0-9_.-]*, at most 63
bool is_network_name(std::string_view text);      // [a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}
bool is_runtime_name(std::string_view text);      // the same
bool is_user_name(std::string_view text);         // [a-z_][a-z0-9_-]{0,31}, not root
bool is_package_name(std::string_view text);      // [a-z0-9][a-z0-9+.-]*
bool is_python_version(std::string_view text);    // X.Y
bool is_cli_version(std::string_view text);       // a semantic version or a dist-tag, `latest` among them
bool is_image_reference(std::string_view text);   // [registry/]name[:tag][@digest]
bool is_gpu_id(std::string_view text);            // an index, a UUID or a CDI device name
bool is_environment_name(std::string_view text);  // [A-Za-z_][A-Za-z0-9_]*
bool is_path_pattern(std::string_view text);      // relative, without empty, . or .. components

// ubuntu24.04 and debian12 (and ubuntu-24.04) as the references ubuntu:24.04, debian:12; others unchanged.
std::string image_reference(std::string text);

}  // namespace isag::config
