// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns_answer.hpp"
#include "daemon/gate/dns_server.hpp"
#include "daemon/gate/socket.hpp"
#include <array>
#include <cerrno>
#include <memory>

namespace asio = boost::asio;
namespace isag::gate {
namespace {

constexpr std::size_t batch = 32;
constexpr std::size_t largest_datagram = 1232;  // bytes of a query; a longer one is cut, and then malformed

// Where a query was sent to (IP_PKTINFO, ip(7)): the answer must come from there.
union Control {
    char bytes[CMSG_SPACE(sizeof(in6_pktinfo))];
    cmsghdr aligned;
};

// Room for as many queries as one call takes, and for their answers.
class Batch {
public:
    // How many came; 0: none is there.
    std::size_t receive(int socket) {
        for (std::size_t i = 0; i < batch; ++i) {
            pieces_[i] = {packets_[i].data(), largest_datagram};
            heads_[i].msg_hdr = {
                &senders_[i], sizeof senders_[i], &pieces_[i], 1, controls_[i].bytes, sizeof controls_[i].bytes, 0};
        }
        const int n = ::recvmmsg(socket, heads_.data(), batch, MSG_DONTWAIT, nullptr);
        return n > 0 ? static_cast<std::size_t>(n) : 0;
    }

    void answer(Shared& shared, std::size_t count, int socket) {
        std::size_t used = 0;
        for (std::size_t i = 0; i < count; ++i) {
            answers_[used] = answer_query(shared, {packets_[i].data(), heads_[i].msg_len});
            if (answers_[used].empty()) continue;
            forget_interface(heads_[i].msg_hdr);
            heads_[used].msg_hdr = heads_[i].msg_hdr;
            pieces_[used] = {answers_[used].data(), answers_[used].size()};
            heads_[used].msg_hdr.msg_iov = &pieces_[used];
            heads_[used].msg_hdr.msg_flags = 0;
            ++used;
        }
        // One that can't be sent is skipped: its asker asks again.
        for (std::size_t sent = 0; sent < used;) {
            const int n = ::sendmmsg(socket, &heads_[sent], static_cast<unsigned>(used - sent), MSG_DONTWAIT);
            sent += n > 0 ? static_cast<std::size_t>(n) : 1;
        }
    }

private:
    // The source is to be the same, the way back is the kernel's to choose.
    static void forget_interface(msghdr& head) {
        for (cmsghdr* c = CMSG_FIRSTHDR(&head); c != nullptr; c = CMSG_NXTHDR(&head, c)) {
            if (c->cmsg_level == IPPROTO_IP && c->cmsg_type == IP_PKTINFO)
                reinterpret_cast<in_pktinfo*>(CMSG_DATA(c))->ipi_ifindex = 0;
            if (c->cmsg_level == IPPROTO_IPV6 && c->cmsg_type == IPV6_PKTINFO)
                reinterpret_cast<in6_pktinfo*>(CMSG_DATA(c))->ipi6_ifindex = 0;
        }
    }

    std::array<std::array<char, largest_datagram>, batch> packets_;
    std::array<sockaddr_storage, batch> senders_;
    std::array<Control, batch> controls_;
    std::array<iovec, batch> pieces_;
    std::array<mmsghdr, batch> heads_{};
    std::array<std::string, batch> answers_;
};

// Of a socket that is bound to every address.
void want_destinations(int socket) {
    const int on = 1;
    int family = 0;
    socklen_t size = sizeof family;
    ::getsockopt(socket, SOL_SOCKET, SO_DOMAIN, &family, &size);
    if (family == AF_INET6)
        ::setsockopt(socket, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
    else
        ::setsockopt(socket, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
}

}  // namespace

asio::awaitable<void> serve_dns_udp(Shared& shared, UniqueFd socket) {
    set_nonblocking(socket, true);
    want_destinations(socket.get());
    Stream stream(shared.executor, socket.release());
    const auto room = std::make_unique<Batch>();
    for (;;) {
        co_await wait_for(stream, Stream::wait_read);
        // One batch, then others have their turn; what is left makes the socket readable again.
        const std::size_t count = room->receive(stream.native_handle());
        room->answer(shared, count, stream.native_handle());
    }
}

}  // namespace isag::gate
