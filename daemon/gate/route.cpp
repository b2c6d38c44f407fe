// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/route.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <arpa/inet.h>
#include <cerrno>
#include <cstdint>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/socket.h>
#include <unistd.h>

namespace isag::gate {
namespace {

struct Attribute {
    rtattr head;
    std::uint32_t value;
};

// rtnetlink(7): each field is a multiple of four bytes, so nothing is between them.
struct Request {
    nlmsghdr head;
    rtmsg route;
    Attribute destination;
    Attribute interface;
    Attribute source;
};

Attribute attribute(unsigned short type, std::uint32_t value) {
    return {{static_cast<unsigned short>(RTA_LENGTH(sizeof value)), type}, value};
}

Request make_request() {
    Request request{};
    request.head.nlmsg_len = sizeof request;
    request.head.nlmsg_type = RTM_NEWROUTE;
    request.head.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_CREATE | NLM_F_REPLACE;
    request.route.rtm_family = AF_INET;
    request.route.rtm_dst_len = 15;
    request.route.rtm_table = RT_TABLE_MAIN;
    request.route.rtm_protocol = RTPROT_STATIC;
    request.route.rtm_scope = RT_SCOPE_LINK;
    request.route.rtm_type = RTN_UNICAST;
    request.destination = attribute(RTA_DST, htonl(0xc6120000));
    request.interface = attribute(RTA_OIF, ::if_nametoindex("lo"));
    request.source = attribute(RTA_PREFSRC, htonl(INADDR_LOOPBACK));
    return request;
}

}  // namespace

void add_synthetic_route() {
    const Request request = make_request();
    const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
    struct {
        nlmsghdr head;
        nlmsgerr error;
        char rest[512];
    } reply{};
    if (!socket || ::send(socket.get(), &request, sizeof request, 0) != sizeof request ||
        ::recv(socket.get(), &reply, sizeof reply, 0) <
            static_cast<ssize_t>(sizeof reply.head + sizeof reply.error.error))
        throw errno_error("cannot ask for a route to 198.18.0.0/15", errno);
    if (reply.head.nlmsg_type == NLMSG_ERROR && reply.error.error != 0)
        throw errno_error("cannot make a route to 198.18.0.0/15", -reply.error.error);
}

}  // namespace isag::gate
