// SPDX-License-Identifier: Apache-2.0
#include "proto/descriptor_kind.hpp"
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string>
#include <sys/socket.h>

using namespace isag;
using namespace isag::proto;

namespace {

UniqueFd socket_of(int family, int type, int protocol = 0) {
    return UniqueFd(::socket(family, type | SOCK_CLOEXEC, protocol));
}

UniqueFd listening(UniqueFd fd) {
    REQUIRE(::listen(fd.get(), 1) == 0);
    return fd;
}

// Which of the kinds it is: t, u a stream; T, U one that listens.
std::string kinds_of(const UniqueFd& fd) {
    std::string out;
    if (is_tcp_stream(fd)) out += 't';
    if (is_unix_stream(fd)) out += 'u';
    if (is_tcp_listener(fd)) out += 'T';
    if (is_unix_listener(fd)) out += 'U';
    return out;
}

}  // namespace

TEST_CASE("descriptor kinds: stream sockets are told by family, protocol and whether they listen") {
    CHECK(kinds_of(socket_of(AF_INET, SOCK_STREAM)) == "t");
    CHECK(kinds_of(listening(socket_of(AF_INET, SOCK_STREAM))) == "T");
    CHECK(kinds_of(socket_of(AF_UNIX, SOCK_STREAM)) == "u");
    UniqueFd named = socket_of(AF_UNIX, SOCK_STREAM);
    const sockaddr any{AF_UNIX, {}};
    REQUIRE(::bind(named.get(), &any, sizeof(sa_family_t)) == 0);  // unix(7), autobind
    CHECK(kinds_of(listening(std::move(named))) == "U");
    if (const UniqueFd six = socket_of(AF_INET6, SOCK_STREAM)) CHECK(kinds_of(six) == "t");
}

TEST_CASE("descriptor kinds: datagrams, other protocols and what is no socket are none of them") {
    CHECK(kinds_of(socket_of(AF_INET, SOCK_DGRAM)).empty());
    CHECK(kinds_of(socket_of(AF_UNIX, SOCK_DGRAM)).empty());
    CHECK(kinds_of(socket_of(AF_UNIX, SOCK_SEQPACKET)).empty());
    CHECK(kinds_of(socket_of(AF_NETLINK, SOCK_RAW)).empty());
    CHECK(kinds_of(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC))).empty());
    CHECK(kinds_of(make_pipe().read).empty());
    CHECK(kinds_of(UniqueFd()).empty());
}
