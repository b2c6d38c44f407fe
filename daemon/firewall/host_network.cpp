// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/host_network.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "common/nameservers.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <ifaddrs.h>
#include <memory>
#include <netinet/in.h>

namespace isag::firewall {
namespace {

bool is_reachable(const std::string& address) {
    in_addr four{};
    if (::inet_pton(AF_INET, address.c_str(), &four) == 1) {
        const auto host_order = ntohl(four.s_addr);
        return host_order >> 24 != IN_LOOPBACKNET && host_order != INADDR_ANY;
    }
    in6_addr six{};
    if (::inet_pton(AF_INET6, address.c_str(), &six) != 1) return false;  // "fe80::1%eth0" too
    return !IN6_IS_ADDR_LOOPBACK(&six) && !IN6_IS_ADDR_UNSPECIFIED(&six) && !IN6_IS_ADDR_LINKLOCAL(&six);
}

std::string text_of(const sockaddr& address) {
    char text[INET6_ADDRSTRLEN] = {};
    const void* bytes = nullptr;
    if (address.sa_family == AF_INET)
        bytes = &reinterpret_cast<const sockaddr_in&>(address).sin_addr;
    else if (address.sa_family == AF_INET6)
        bytes = &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
    if (!bytes || !::inet_ntop(address.sa_family, bytes, text, sizeof text)) return {};
    return text;
}

}  // namespace

std::vector<std::string> reachable(const std::vector<std::string>& resolvers) {
    std::vector<std::string> out;
    for (const auto& resolver : resolvers)
        if (is_reachable(resolver) && std::find(out.begin(), out.end(), resolver) == out.end()) out.push_back(resolver);
    return out;
}

std::vector<std::string> host_resolvers(const std::filesystem::path& resolv_conf,
                                        const std::filesystem::path& upstream) {
    const auto named = read_file(resolv_conf, 65536);
    const auto all = named ? nameservers(*named) : std::vector<std::string>();
    auto usable = reachable(all);
    const bool stub = std::find(all.begin(), all.end(), "127.0.0.53") != all.end();
    if (!stub && !usable.empty()) return usable;
    if (const auto real = read_file(upstream, 65536))
        if (auto real_ones = reachable(nameservers(*real)); !real_ones.empty()) return real_ones;
    return usable;
}

std::vector<std::string> host_addresses() {
    ifaddrs* list = nullptr;
    if (::getifaddrs(&list) != 0) throw errno_error("cannot read this host's addresses", errno);
    const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owned(list, ::freeifaddrs);
    std::vector<std::string> out;
    for (const ifaddrs* entry = list; entry; entry = entry->ifa_next) {
        if (!entry->ifa_addr) continue;
        const std::string text = text_of(*entry->ifa_addr);
        if (!text.empty() && std::find(out.begin(), out.end(), text) == out.end()) out.push_back(text);
    }
    return out;
}

HostNetwork look_at_host() { return {host_resolvers(), host_addresses()}; }

}  // namespace isag::firewall
