// SPDX-License-Identifier: Apache-2.0
#include "proto/wire.hpp"
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <sys/uio.h>

namespace isag::proto {
namespace {

constexpr std::size_t max_unclaimed = 4 * max_fds;

void take_descriptors(msghdr& header, std::deque<UniqueFd>& out) {
    for (cmsghdr* part = CMSG_FIRSTHDR(&header); part; part = CMSG_NXTHDR(&header, part)) {
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_RIGHTS) continue;
        const std::size_t count = (part->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (std::size_t i = 0; i < count; ++i) {
            int fd = -1;
            std::memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof fd);
            out.emplace_back(fd);
        }
    }
}

bool is_would_block(int error) { return error == EAGAIN; }  // the same number as EWOULDBLOCK on Linux

// sendmsg(2) with the descriptors on the first byte.
ssize_t send_bytes(int socket, std::string_view bytes, const std::vector<UniqueFd>& fds) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_fds)] = {};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    if (!fds.empty()) {
        header.msg_control = control;
        header.msg_controllen = CMSG_SPACE(sizeof(int) * fds.size());
        cmsghdr* rights = CMSG_FIRSTHDR(&header);
        rights->cmsg_level = SOL_SOCKET;
        rights->cmsg_type = SCM_RIGHTS;
        rights->cmsg_len = CMSG_LEN(sizeof(int) * fds.size());
        for (std::size_t i = 0; i < fds.size(); ++i) {
            const int fd = fds[i].get();
            std::memcpy(CMSG_DATA(rights) + i * sizeof(int), &fd, sizeof fd);
        }
    }
    return ::sendmsg(socket, &header, MSG_NOSIGNAL | MSG_DONTWAIT);
}

}  // namespace

Result<Wire::Io> Wire::read_some(int socket) {
    char bytes[65536];
    iovec part{bytes, sizeof bytes};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * max_fds)];
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    const ssize_t n = ::recvmsg(socket, &header, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (n < 0 && (is_would_block(errno) || errno == EINTR)) return Io::would_block;
    if (n <= 0) return Io::closed;
    take_descriptors(header, received_);
    if ((header.msg_flags & MSG_CTRUNC) != 0 || received_.size() > max_unclaimed)
        return Failure{"bad message: too many descriptors"};
    lines_.feed({bytes, static_cast<std::size_t>(n)});
    ::explicit_bzero(bytes, static_cast<std::size_t>(n));  // keys and passwords do not stay on the stack
    return Io::progress;
}

Result<std::optional<Incoming>> Wire::next() {
    auto line = lines_.next();
    if (!line) return line.error();
    if (!*line) return std::optional<Incoming>{};
    auto message = parse_message(**line);
    if (!message) return message.error();
    if (received_.size() < static_cast<std::size_t>(message->fds))
        return Failure{"bad message: fewer descriptors than it announces"};
    Incoming incoming{std::move(*message), {}};
    for (std::int64_t i = 0; i < incoming.message.fds; ++i) {
        incoming.fds.push_back(std::move(received_.front()));
        received_.pop_front();
    }
    return std::optional<Incoming>(std::move(incoming));
}

void Wire::queue(std::string line, std::vector<UniqueFd> fds) {
    line += '\n';
    output_bytes_ += line.size();
    output_.push_back({std::move(line), 0, std::move(fds)});
}

Wire::Io Wire::flush(int socket) {
    while (!output_.empty()) {
        Outgoing& first = output_.front();
        const ssize_t n = send_bytes(socket, std::string_view(first.bytes).substr(first.written), first.fds);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return is_would_block(errno) ? Io::would_block : Io::closed;
        first.fds.clear();
        first.written += static_cast<std::size_t>(n);
        output_bytes_ -= static_cast<std::size_t>(n);
        if (first.written == first.bytes.size()) output_.pop_front();
    }
    return Io::progress;
}

}  // namespace isag::proto
