// SPDX-License-Identifier: Apache-2.0
#include "common/tcp_listeners.hpp"
#include "common/unique_fd.hpp"
#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {

TEST_CASE("parse_listeners: those that listen, of both families, and nothing of other lines") {
    const auto four = parse_listeners(
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
        "   0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 4711 1 0 100 0\n"
        "   1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 100 0\n"
        "   2: 0100007F:1F90 0100007F:9C40 01 00000000:00000000 00:00000000 00000000  1000        0 4713 1 0 100 0\n"
        "   3: 0100007F:1F9 garbage 0A\n   4: 01007F:1F90 00000000:0000 0A a b c 0 0 1\n\n");
    REQUIRE(four.size() == 2);
    CHECK(four[0].address == "127.0.0.1");
    CHECK(four[0].port == 8080);
    CHECK(four[0].uid == 1000);
    CHECK(four[0].inode == 4711);
    CHECK(four[1].address == "0.0.0.0");
    CHECK(four[1].port == 22);
    const auto six = parse_listeners(
        "   0: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 5 1\n"
        "   1: 00000000000000000000000000000000:0051 00000000000000000000000000000000:0000 0A 0:0 00:0 0 1000 0 6 1\n");
    REQUIRE(six.size() == 2);
    CHECK(six[0].address == "::1");
    CHECK(six[0].port == 80);
    CHECK(six[1].address == "::");
    CHECK(parse_listeners("").empty());
}

TEST_CASE("holders_of: who has a socket is looked for no longer than it may take") {
    const UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    struct stat info {};
    ::fstat(socket.get(), &info);
    const auto is_we = [](pid_t pid) { return pid == ::getpid(); };
    const auto found = holders_of({info.st_ino}, is_we, std::chrono::seconds(20));
    REQUIRE(found.contains(info.st_ino));
    CHECK(found.at(info.st_ino).pid == ::getpid());
    int asked = 0;
    const auto is_counted = [&](pid_t) { return ++asked > 0; };
    CHECK(holders_of({info.st_ino}, is_counted, std::chrono::milliseconds(0)).empty());
    CHECK(asked == 0);
}

}  // namespace isag
