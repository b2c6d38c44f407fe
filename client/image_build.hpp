// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "proto/api.hpp"
#include <string>

namespace isag {

// Has the image built where needed, showing how it goes; prints the artifacts folder on stderr. Ctrl-C gives up.
proto::BuildReply build_image(const Context& context, const proto::ConfigSource& config,
                              const proto::ImageOptions& options);

// Makes the sandbox's ssh keys in the artifacts folder if they are missing. Nothing that runs now needs them, so what
// goes wrong is a warning.
void keep_ssh_keys(const std::string& artifacts);

}  // namespace isag
