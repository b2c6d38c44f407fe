// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/usage.hpp"
#include <doctest/doctest.h>
#include <unistd.h>

using namespace isag::sandbox;

TEST_CASE("traffic: all interfaces but the loopback are added up, lines that are none are left out") {
    const auto traffic = traffic_in(
        "Inter-|   Receive                                                |  Transmit\n"
        " face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls\n"
        "    lo: 9000000   6000    0    0    0     0          0         0  9000000   6000    0    0    0     0 0 0\n"
        "  eth0: 1000       10    0    0    0     0          0         0      200      3    0    0    0     0 0 0\n"
        "eth1:7 1 0 0 0 0 0 0 5 1 0 0 0 0 0 0\n"
        "  eth2: 1 2 3\n");
    CHECK(traffic.received == 1007);
    CHECK(traffic.sent == 205);
    CHECK(traffic_in("").sent == 0);
}

TEST_CASE("usage: of a process that is gone, zeros") {
    const auto usage = usage_of(0x3fffffff);
    CHECK(usage.memory == 0);
    CHECK(usage.traffic.received == 0);
}
