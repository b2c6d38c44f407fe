// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver_query.hpp"
#include "common/error.hpp"
#include "daemon/gate/dns_wire.hpp"
#include "daemon/gate/limit.hpp"
#include "daemon/gate/socket.hpp"
#include <cerrno>
#include <chrono>
#include <optional>
#include <sys/random.h>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::gate {
namespace {

constexpr auto answer_patience = 1500ms;
// So many guesses at the id and nobody but a spoofer sends answers: TCP can't be spoofed that way.
constexpr int most_false_answers = 16;

struct Question {
    std::uint16_t id = 0;
    std::string name;
    std::uint16_t type = 0;
    std::string wire;
};

Question make_question(std::string name, std::uint16_t type) {
    Question out;
    if (::getrandom(&out.id, sizeof out.id, 0) != sizeof out.id) throw Error("no random numbers");
    out.wire = dns::make_query(out.id, name, type);
    out.name = std::move(name);
    out.type = type;
    return out;
}

// Connected, so that the kernel passes over what others send, and picks the port.
Stream connected(asio::any_io_executor executor, const ResolverAddress& resolver, int type, std::uint32_t mark) {
    UniqueFd socket = marked_socket(resolver.address.v6 ? AF_INET6 : AF_INET, type, mark);
    if (!start_connect(socket, socket_address(resolver.address, resolver.port)))
        throw errno_error("cannot reach the resolver", errno);
    return Stream(executor, socket.release());
}

// Nothing: ask over tcp.
asio::awaitable<std::optional<dns::Reply>> ask_datagram(ResolverAddress resolver, std::uint32_t mark,
                                                        Question question) {
    Stream stream = connected(co_await asio::this_coro::executor, resolver, SOCK_DGRAM, mark);
    const Limit limit(stream, answer_patience);
    const int fd = stream.native_handle();
    if (::send(fd, question.wire.data(), question.wire.size(), 0) < 0)
        throw errno_error("cannot ask the resolver", errno);
    std::string packet(4096, '\0');
    for (int wrong = 0; wrong < most_false_answers;) {
        const ssize_t size = ::recv(fd, packet.data(), packet.size(), 0);
        if (size < 0 && errno == EAGAIN) {
            co_await wait_for(stream, Stream::wait_read);
            continue;
        }
        if (size < 0) throw errno_error("the resolver can't be asked", errno);
        const std::string_view got(packet.data(), static_cast<std::size_t>(size));
        auto reply = dns::parse_reply(got, question.id, question.name, question.type);
        if (!reply) {
            ++wrong;
            continue;
        }
        if (reply->truncated) break;
        co_return std::move(*reply);
    }
    co_return std::nullopt;
}

asio::awaitable<void> read_exactly(Stream& stream, std::string& into) {
    for (std::size_t have = 0; have < into.size();) {
        const ssize_t n = ::recv(stream.native_handle(), into.data() + have, into.size() - have, 0);
        if (n > 0)
            have += static_cast<std::size_t>(n);
        else if (n < 0 && errno == EAGAIN)
            co_await wait_for(stream, Stream::wait_read);
        else
            throw Error("the resolver ended the connection");
    }
}

asio::awaitable<dns::Reply> ask_stream(ResolverAddress resolver, std::uint32_t mark, Question question) {
    Stream stream = connected(co_await asio::this_coro::executor, resolver, SOCK_STREAM, mark);
    const Limit limit(stream, answer_patience);
    co_await wait_for(stream, Stream::wait_write);
    std::string framed;
    dns::put16(framed, static_cast<std::uint32_t>(question.wire.size()));
    framed += question.wire;
    // A new connection takes so little in one piece.
    if (::send(stream.native_handle(), framed.data(), framed.size(), MSG_NOSIGNAL) !=
        static_cast<ssize_t>(framed.size()))
        throw errno_error("cannot ask the resolver over tcp", errno);
    std::string length(2, '\0');
    co_await read_exactly(stream, length);
    std::string packet(
        static_cast<std::size_t>(static_cast<unsigned char>(length[0]) << 8 | static_cast<unsigned char>(length[1])),
        '\0');
    co_await read_exactly(stream, packet);
    auto reply = dns::parse_reply(packet, question.id, question.name, question.type);
    if (!reply || reply->truncated) throw Error("the resolver's answer over tcp is none");
    co_return std::move(*reply);
}

}  // namespace

asio::awaitable<dns::Reply> ask_resolver(ResolverAddress resolver, std::uint32_t mark, std::string name,
                                         std::uint16_t type) {
    const Question question = make_question(std::move(name), type);
    try {
        auto reply = co_await ask_datagram(resolver, mark, question);
        if (reply) co_return std::move(*reply);
        co_return co_await ask_stream(resolver, mark, question);
    } catch (const boost::system::system_error&) {
        // Its limit, or it was cancelled: then the next await throws.
        throw Error("no answer in time");
    }
}

}  // namespace isag::gate
