// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/counter.hpp"
#include "common/unique_fd.hpp"
#include "daemon/gate/cursor.hpp"
#include "daemon/gate/netlink.hpp"
#include "daemon/gate/rules.hpp"
#include <cstring>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>

namespace isag::gate {
namespace {

constexpr std::uint8_t family_inet = 1;  // NFPROTO_INET: its header can't be included beside <netinet/in.h>
constexpr std::size_t heads = sizeof(nlmsghdr) + sizeof(nfgenmsg);

// The value of an attribute among others.
std::optional<std::string_view> find(std::string_view attributes, std::uint16_t type) {
    while (attributes.size() >= sizeof(nlattr)) {
        nlattr head{};
        std::memcpy(&head, attributes.data(), sizeof head);
        if (head.nla_len < sizeof head || head.nla_len > attributes.size()) return std::nullopt;
        if ((head.nla_type & NLA_TYPE_MASK) == type) return attributes.substr(sizeof head, head.nla_len - sizeof head);
        attributes.remove_prefix(std::min<std::size_t>(attributes.size(), (head.nla_len + 3u) & ~3u));
    }
    return std::nullopt;
}

std::string zero_ended(std::string_view text) { return std::string(text) + '\0'; }

}  // namespace

std::optional<std::int64_t> counter_packets(std::string_view name) {
    NetfilterMessage request(NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ, 0, family_inet, 0);
    request.attribute(NFTA_OBJ_TABLE, zero_ended(table_name));
    request.attribute(NFTA_OBJ_NAME, zero_ended(name));
    request.attribute32(NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
    const std::string bytes = request.bytes();
    const UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (!socket || ::send(socket.get(), bytes.data(), bytes.size(), 0) != std::ssize(bytes)) return std::nullopt;
    char reply[4096];
    const ssize_t size = ::recv(socket.get(), reply, sizeof reply, 0);  // the kernel answers within send()
    if (size < static_cast<ssize_t>(heads)) return std::nullopt;
    nlmsghdr head{};
    std::memcpy(&head, reply, sizeof head);
    if (head.nlmsg_type != (NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_NEWOBJ)) return std::nullopt;
    const auto data = find({reply + heads, static_cast<std::size_t>(size) - heads}, NFTA_OBJ_DATA);
    const auto packets = data ? find(*data, NFTA_COUNTER_PACKETS) : std::nullopt;
    if (!packets || packets->size() != 8) return std::nullopt;
    Cursor cursor(*packets);
    const std::uint64_t high = *cursor.integer(4), low = *cursor.integer(4);
    return static_cast<std::int64_t>(high << 32 | low);
}

}  // namespace isag::gate
