// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/proxy.hpp"
#include <utility>

namespace isag::image {

Environment proxy_variables(const Environment& environment) {
    constexpr std::pair<const char*, const char*> names[] = {{"HTTP_PROXY", "http_proxy"},
                                                             {"HTTPS_PROXY", "https_proxy"},
                                                             {"FTP_PROXY", "ftp_proxy"},
                                                             {"NO_PROXY", "no_proxy"}};
    Environment out;
    for (const auto& [upper, lower] : names) {
        auto value = find(environment, lower);
        if (!value || value->empty()) value = find(environment, upper);
        if (value && !value->empty()) out[upper] = out[lower] = *value;
    }
    return out;
}

std::string proxy_for(const std::string& url, const Environment& environment) {
    const Environment proxies = proxy_variables(environment);
    const auto own = find(proxies, url.starts_with("https:") ? "https_proxy" : "http_proxy");
    if (own) return *own;
    for (const char* name : {"all_proxy", "ALL_PROXY"})
        if (const auto all = find(environment, name)) return *all;
    return "";
}

}  // namespace isag::image
