// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/self_test.hpp"
#include "common/unique_fd.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

namespace isag::gate {
namespace {

constexpr int at_once = 1000;  // milliseconds; on a machine that is busy
// Of documentation (RFC 5737, RFC 3849): nobody has them.
constexpr const char* somewhere = "198.51.100.1";
constexpr const char* somewhere6 = "2001:db8::1";
constexpr const char* synthetic = "198.18.0.1";
constexpr std::uint16_t discard_port = 9;

// 0, or the errno of what became of it. Nothing heard in time is ETIMEDOUT.
int outcome(const UniqueFd& fd, short event) {
    pollfd watched{fd.get(), event, 0};
    if (::poll(&watched, 1, at_once) == 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

int reach(const UniqueFd& fd, int type, const char* where, std::uint16_t to) {
    sockaddr_in6 address{};
    socklen_t size = sizeof(sockaddr_in6);
    if (::inet_pton(AF_INET6, where, &address.sin6_addr) == 1) {
        address.sin6_family = AF_INET6;
        address.sin6_port = htons(to);
    } else {
        auto& v4 = reinterpret_cast<sockaddr_in&>(address);
        ::inet_pton(AF_INET, where, &v4.sin_addr);
        v4.sin_family = AF_INET;
        v4.sin_port = htons(to);
        size = sizeof(sockaddr_in);
    }
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), size) != 0)
        return errno == EINPROGRESS ? outcome(fd, POLLOUT) : errno;
    return type == SOCK_STREAM || ::send(fd.get(), "", 0, 0) == 0 ? 0 : errno;
}

UniqueFd make_socket(int family, int type) {
    UniqueFd fd(::socket(family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!fd) throw errno_error("cannot make a socket", errno);
    return fd;
}

bool no_route(int error) { return error == ENETUNREACH || error == EHOSTUNREACH || error == EADDRNOTAVAIL; }

void must_be_refused(int family, int type, const char* where, int wanted) {
    const int error = reach(make_socket(family, type), type, where, discard_port);
    if (error == wanted || (where != synthetic && no_route(error))) return;
    const std::string what = std::string(type == SOCK_STREAM ? "a connection" : "a datagram") + " to " + where;
    if (error == 0) throw Error(what + " got through the rules");
    throw Error(what + " was not refused at once: " + std::strerror(error));
}

// True where it left; false where there is no way out of the namespace.
bool marked_passes(std::uint32_t mark) {
    const UniqueFd fd = make_socket(AF_INET, SOCK_DGRAM);
    const int hops = 1;
    if (::setsockopt(fd.get(), SOL_SOCKET, SO_MARK, &mark, sizeof mark) != 0)
        throw errno_error("cannot mark a socket", errno);
    if (::setsockopt(fd.get(), IPPROTO_IP, IP_TTL, &hops, sizeof hops) != 0)
        throw errno_error("cannot limit a datagram's hops", errno);
    const int error = reach(fd, SOCK_DGRAM, somewhere, discard_port);
    if (error == 0) return true;
    if (no_route(error)) return false;
    throw errno_error("the gate's own datagram does not get through the rules", error);
}

bool is_no_ipv6(int error) { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == ENETUNREACH; }

void test_ipv6() {
    const UniqueFd fd(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const int error = fd ? reach(fd, SOCK_STREAM, somewhere6, discard_port) : errno;
    if (is_no_ipv6(error)) return;
    must_be_refused(AF_INET6, SOCK_STREAM, somewhere6, ECONNREFUSED);
    must_be_refused(AF_INET6, SOCK_DGRAM, somewhere6, EPERM);
}

}  // namespace

void self_test(const Nft& nft, const RuleInput& input) {
    if (input.mode != Mode::learn) must_be_refused(AF_INET, SOCK_STREAM, somewhere, ECONNREFUSED);
    must_be_refused(AF_INET, SOCK_DGRAM, somewhere, EPERM);
    must_be_refused(AF_INET, SOCK_DGRAM, synthetic, EPERM);  // there always is a route to it
    test_ipv6();
    const bool left = marked_passes(input.mark);

    const Listing loaded = nft.listing();
    if (const auto wrong = difference(planned_listing(ruleset(input)), loaded); !wrong.empty())
        throw Error("the rules are not those that were loaded: " + wrong);
    const auto count = [&](std::string_view name) {
        const auto counter = loaded.counters.find(std::string(name));
        return counter == loaded.counters.end() ? -1 : counter->second;
    };
    if (count(counter_refused) < 1) throw Error("the rules refused nothing of what they should have");
    if (count(counter_accepted) < (left ? 1 : 0)) throw Error("the gate's own datagram went around the rules");
}

}  // namespace isag::gate
