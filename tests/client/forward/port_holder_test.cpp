// SPDX-License-Identifier: Apache-2.0
#include "client/forward/port_holder.hpp"
#include "tests/client/forward/loopback.hpp"
#include <doctest/doctest.h>

namespace isag::forward {
namespace {

const std::string tcp_table =
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0 0 10 0\n"
    "   1: 0100007F:1F90 0100007F:D431 01 00000000:00000000 00:00000000 00000000  1000        0 4712 1 0 100 0 0 10 0\n"
    "   2: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 22 1 0 100 0 0 10 0\n"
    "   3: 00000000000000000000000001000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 "
    "00:00000000 00000000  1000        0 4713 1 0 100 0 0 10 0\n";

}  // namespace

TEST_CASE("who listens on a port is found in /proc/net/tcp, and a cut table is passed over") {
    CHECK(listening_inodes(tcp_table, 8080) == std::set<std::uint64_t>{4711, 4713});
    CHECK(listening_inodes(tcp_table, 22) == std::set<std::uint64_t>{22});
    CHECK(listening_inodes(tcp_table, 80).empty());
    for (std::size_t length = 0; length < tcp_table.size(); ++length)
        CHECK(listening_inodes(std::string_view(tcp_table).substr(0, length), 8080).size() <= 2);
    CHECK(listening_inodes("x y z 0A a b c d e f\n 1: : : 0A : : : : : :\n", 8080).empty());
}

TEST_CASE("this program is found by the port that it holds") {
    const auto held = test::listen_on_loopback();
    CHECK(port_holder(held.port) == "test_client (process " + std::to_string(::getpid()) + ")");
}

}  // namespace isag::forward
