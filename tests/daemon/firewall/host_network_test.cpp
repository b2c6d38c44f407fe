// SPDX-License-Identifier: Apache-2.0
#include "daemon/firewall/host_network.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fstream>

using namespace isag;
using namespace isag::firewall;
using Texts = std::vector<std::string>;

namespace {

struct Files {
    test::TempFolder folder;
    std::filesystem::path named = folder.path() / "resolv.conf";
    std::filesystem::path upstream = folder.path() / "upstream.conf";
    void write(const std::filesystem::path& path, const std::string& text) const { std::ofstream(path) << text; }
    Texts resolvers() const { return host_resolvers(named, upstream); }
};

}  // namespace

TEST_CASE("reachable: neither loopback nor link-local, none twice, and addresses only") {
    CHECK(reachable({"127.0.0.53", "127.1.2.3", "::1", "fe80::1", "fe80::1%eth0", "0.0.0.0", "::", "example.com", "",
                     "198.51.100.1", "198.51.100.1", "10.0.0.1", "2001:db8::1"}) ==
          Texts{"198.51.100.1", "10.0.0.1", "2001:db8::1"});
}

TEST_CASE("host_resolvers: behind systemd-resolved's stub its upstreams are taken") {
    const Files files;
    files.write(files.named, "nameserver 198.51.100.1\n");
    files.write(files.upstream, "nameserver 198.51.100.2\nnameserver 198.51.100.3\n");
    CHECK(files.resolvers() == Texts{"198.51.100.1"});
    files.write(files.named, "nameserver 127.0.0.53\noptions edns0 trust-ad\n");
    CHECK(files.resolvers() == Texts{"198.51.100.2", "198.51.100.3"});
    files.write(files.upstream, "nameserver ::1\n");
    CHECK(files.resolvers().empty());
    files.write(files.named, "nameserver 127.0.0.53\nnameserver 198.51.100.4\n");
    CHECK(files.resolvers() == Texts{"198.51.100.4"});
}

TEST_CASE("host_resolvers: without files there are none") {
    const Files files;
    CHECK(files.resolvers().empty());
    files.write(files.named, "nameserver 127.0.0.1\n");
    CHECK(files.resolvers().empty());
}

TEST_CASE("host_addresses: this host's own, loopback among them") {
    const auto addresses = host_addresses();
    CHECK(std::find(addresses.begin(), addresses.end(), "127.0.0.1") != addresses.end());
    for (const auto& address : addresses) CHECK(address.find('%') == std::string::npos);
}
