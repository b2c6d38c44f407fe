// SPDX-License-Identifier: Apache-2.0
#include "client/forward/endpoint_text.hpp"
#include "common/escape.hpp"

namespace isag::forward {

std::string endpoint_text(const proto::Endpoint& endpoint) {
    if (!endpoint.path.empty()) return escape_controls(endpoint.path);
    const std::string host = endpoint.host.empty() ? "localhost" : escape_controls(endpoint.host);
    const bool has_colon = host.find(':') != std::string::npos;
    return (has_colon ? "[" + host + "]" : host) + ":" + std::to_string(endpoint.port);
}

std::string forward_text(const proto::Forward& forward, const std::string& sandbox) {
    const std::string inside = " in " + escape_controls(sandbox);
    if (forward.kind == "remote")
        return endpoint_text(forward.listen) + inside + " to " + endpoint_text(forward.to) + " here";
    const std::string listen = endpoint_text(forward.listen);
    if (forward.kind == "dynamic") return listen + " as a SOCKS server to what is asked for" + inside;
    return listen + " to " + endpoint_text(forward.to) + inside;
}

}  // namespace isag::forward
