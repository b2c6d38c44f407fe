// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/netlink.hpp"
#include <arpa/inet.h>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>

namespace isag::gate {
namespace {

template <class Part>
std::string_view view(const Part& part) {
    return {reinterpret_cast<const char*>(&part), sizeof part};
}

}  // namespace

NetfilterMessage::NetfilterMessage(std::uint16_t type, std::uint16_t flags, std::uint8_t family,
                                   std::uint16_t resource) {
    nlmsghdr head{};
    head.nlmsg_type = type;
    head.nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags);
    nfgenmsg netfilter{};
    netfilter.nfgen_family = family;
    netfilter.version = NFNETLINK_V0;
    netfilter.res_id = htons(resource);
    bytes_ = std::string(view(head)) + std::string(view(netfilter));
}

void NetfilterMessage::attribute(std::uint16_t type, std::string_view value) {
    const nlattr head{static_cast<std::uint16_t>(sizeof(nlattr) + value.size()), type};
    bytes_ += view(head);
    bytes_ += value;
    bytes_.resize((bytes_.size() + 3) & ~std::size_t{3});
}

void NetfilterMessage::attribute32(std::uint16_t type, std::uint32_t value) {
    const std::uint32_t big_endian = htonl(value);
    attribute(type, view(big_endian));
}

std::string NetfilterMessage::bytes() const {
    std::string out = bytes_;
    const auto length = static_cast<std::uint32_t>(out.size());
    std::memcpy(out.data(), &length, sizeof length);
    return out;
}

}  // namespace isag::gate
