// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/shared_zone.hpp"
#include <algorithm>
#include <array>
#include <libpsl.h>
#include <string_view>

namespace isag::config {
namespace {

// Zones of many tenants that the public suffix list does not have, or has only parts of: whatever is below them.
constexpr std::array<std::string_view, 26> tenant_zones = {"aliyuncs.com",
                                                           "amazonaws.com",
                                                           "amazonaws.com.cn",
                                                           "azure.com",
                                                           "azurecontainerapps.io",
                                                           "azureedge.net",
                                                           "azurefd.net",
                                                           "b-cdn.net",
                                                           "backblazeb2.com",
                                                           "fastly.net",
                                                           "googleusercontent.com",
                                                           "hf.space",
                                                           "loca.lt",
                                                           "localhost.run",
                                                           "myqcloud.com",
                                                           "ngrok-free.app",
                                                           "ngrok.app",
                                                           "pipedream.net",
                                                           "replit.app",
                                                           "sharepoint.com",
                                                           "surge.sh",
                                                           "trafficmanager.net",
                                                           "wasabisys.com",
                                                           "windows.net",
                                                           "wixsite.com",
                                                           "wordpress.com"};

}  // namespace

std::optional<std::string> why_shared(const std::string& name) {
    const psl_ctx_t* list = psl_builtin();
    const std::string help = "; name each host you need";
    if (psl_is_public_suffix2(list, name.c_str(), PSL_TYPE_ICANN))
        return "*." + name + " would allow every site under the public suffix " + name + help;
    if (psl_is_public_suffix2(list, name.c_str(), PSL_TYPE_ANY))
        return "*." + name + " would allow other people's sites: anybody can get a name under " + name + help;
    const char* domain = psl_registrable_domain(list, name.c_str());
    const std::string_view owner = domain ? domain : "";
    if (std::find(tenant_zones.begin(), tenant_zones.end(), owner) == tenant_zones.end()) return std::nullopt;
    return "*." + name + " would allow other people's sites: anybody can get a name under " + std::string(owner) + help;
}

}  // namespace isag::config
