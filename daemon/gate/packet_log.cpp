// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/packet_log.hpp"
#include "common/error.hpp"
#include "daemon/gate/counter.hpp"
#include "daemon/gate/netlink.hpp"
#include "daemon/gate/packet.hpp"
#include "daemon/gate/rules.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <cstring>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>
#include <linux/netlink.h>
#include <optional>
#include <sys/socket.h>
#include <utility>

namespace asio = boost::asio;

namespace isag::gate {
namespace {

constexpr auto pause = std::chrono::milliseconds(50);  // what comes meanwhile is read at once
constexpr std::uint32_t flush_after = 1;               // hundredths of a second

template <class Value>
std::string_view view(const Value& value) {
    return {reinterpret_cast<const char*>(&value), sizeof value};
}

void request(const UniqueFd& socket, const NetfilterMessage& message) {
    const std::string bytes = message.bytes();
    struct {
        nlmsghdr head;
        nlmsgerr error;
    } reply{};
    if (::send(socket.get(), bytes.data(), bytes.size(), 0) != std::ssize(bytes) ||
        ::recv(socket.get(), &reply, sizeof reply, 0) < 0)
        throw errno_error("cannot subscribe to refused packets", errno);
    if (reply.head.nlmsg_type == NLMSG_ERROR && reply.error.error != 0)
        throw errno_error("cannot subscribe to refused packets", -reply.error.error);
}

NetfilterMessage configuration() {
    return {NFNL_SUBSYS_ULOG << 8 | NFULNL_MSG_CONFIG, NLM_F_ACK, AF_UNSPEC, log_group};
}

void log(const Packet& packet, Shared& shared) {
    const auto now = std::chrono::system_clock::now();
    const auto name = packet.ipv4 ? shared.names.name_of(*packet.ipv4) : std::nullopt;
    if (name)
        shared.events.refused(now, packet.protocol, *name, packet.port, "only TCP leads to an allowed name");
    else
        shared.events.refused(now, packet.protocol, packet.address, packet.port,
                              "not an allowed name: programs reach the network by name only");
}

// How many there were. What the kernel dropped since nobody read in time (ENOBUFS) is in the counter.
std::int64_t read_all(int socket, Shared& shared) {
    std::int64_t count = 0;
    char datagram[32768];
    for (int i = 0; i < 64; ++i) {
        const ssize_t size = ::recv(socket, datagram, sizeof datagram, MSG_DONTWAIT);
        if (size < 0 && errno != ENOBUFS && errno != EINTR) break;
        for (const auto bytes : logged_packets({datagram, static_cast<std::size_t>(std::max<ssize_t>(size, 0))})) {
            ++count;
            if (const auto packet = parse_packet(bytes)) log(*packet, shared);
        }
    }
    return count;
}

}  // namespace

UniqueFd open_packet_log() {
    UniqueFd socket(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_NETFILTER));
    if (!socket) throw errno_error("cannot subscribe to refused packets", errno);
    auto bind = configuration();
    const nfulnl_msg_config_cmd command{NFULNL_CFG_CMD_BIND};
    bind.attribute(NFULA_CFG_CMD, view(command));
    request(socket, bind);
    auto settings = configuration();
    nfulnl_msg_config_mode mode{};
    mode.copy_range = htonl(log_bytes);
    mode.copy_mode = NFULNL_COPY_PACKET;
    settings.attribute(NFULA_CFG_MODE, view(mode));
    settings.attribute32(NFULA_CFG_TIMEOUT, flush_after);
    request(socket, settings);
    return socket;
}

asio::awaitable<void> read_packet_log(Shared& shared, UniqueFd socket) {
    asio::posix::stream_descriptor log(co_await asio::this_coro::executor, socket.release());
    asio::steady_timer timer(log.get_executor());
    std::int64_t accounted = counter_packets(counter_refused).value_or(0);
    std::optional<std::int64_t> counted;
    for (bool quiet = true;;) {
        // After a round without any there is room for the next one in the log's rate limit, so it wakes us.
        if (quiet) co_await log.async_wait(log.wait_read, asio::use_awaitable);
        accounted += read_all(log.native_handle(), shared);
        // Counted first, read when all that was counted and logged has surely come: so none counts twice.
        const auto before = std::exchange(counted, counter_packets(counter_refused));
        quiet = counted == before;
        timer.expires_after(pause);
        co_await timer.async_wait(asio::use_awaitable);
        accounted += read_all(log.native_handle(), shared);
        const std::int64_t untold = counted.value_or(accounted) - accounted;
        if (untold <= 0) continue;
        accounted += untold;
        shared.events.refused(std::chrono::system_clock::now(), "packet", "many addresses", 0,
                              "too many at once to be told one by one", untold);
    }
}

}  // namespace isag::gate
