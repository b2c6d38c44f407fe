// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "proto/endpoint.hpp"
#include <filesystem>
#include <optional>
#include <vector>

// Ends of connections as a client names them.
namespace isag::api {

enum class EndUse { connect, listen };  // port 0 makes sense for listening alone

// A TCP port of a host, or the absolute path of a unix socket, and not both. Throws Error of kind usage.
void check_endpoint(const proto::Endpoint& end, EndUse use);

// Why connections out of a sandbox may not lead there (security.md D7): it is one of these sockets, whatever the path
// it is named by, lies in `runtime`, isag's own folder, or is reached by a link that anybody but root could have made.
// Nothing where they may.
std::optional<Failure> refuse_end(const proto::Endpoint& end, const std::vector<std::filesystem::path>& engine_sockets,
                                  const std::filesystem::path& runtime);

}  // namespace isag::api
