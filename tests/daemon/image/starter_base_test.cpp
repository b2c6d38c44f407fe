// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/starter_base.hpp"
#include "daemon/image/distribution.hpp"
#include <doctest/doctest.h>

using namespace isag::image;

TEST_CASE("the starter's base image on this host's own distribution is one that isag can make") {
    const auto bookworm = host_base("PRETTY_NAME=\"Debian\"\nID=debian\nVERSION_ID=\"12\"\n");
    CHECK(bookworm.image == "debian:12");
    CHECK(bookworm.python == "3.11");
    const auto jammy = host_base("ID=ubuntu\nVERSION_ID=\"22.04\"\n");
    CHECK(jammy.image == "ubuntu:22.04");
    CHECK(jammy.python == "3.10");
    for (const char* other : {"", "ID=fedora\nVERSION_ID=40\n", "ID=ubuntu\nVERSION_ID=\"26.04\"\n", "ID=debian\n"}) {
        CHECK(host_base(other).image == "ubuntu:24.04");
        CHECK(host_base(other).python == "3.12");
    }
    for (const char* version : {"22.04", "24.04"})
        CHECK(distribution_of(host_base("ID=ubuntu\nVERSION_ID=" + std::string(version) + "\n").image));
}
