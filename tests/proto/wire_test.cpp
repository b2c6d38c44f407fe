// SPDX-License-Identifier: Apache-2.0
#include "proto/wire.hpp"
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <sys/socket.h>
#include <unistd.h>

using namespace isag;
using proto::Wire;

namespace {

struct Pair {
    UniqueFd a, b;
    Pair() {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        a.reset(ends[0]);
        b.reset(ends[1]);
    }
};

void send_raw(const UniqueFd& socket, std::string_view bytes, const std::vector<int>& fds = {}) {
    iovec part{const_cast<char*>(bytes.data()), bytes.size()};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int) * 64)] = {};
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
        std::memcpy(CMSG_DATA(rights), fds.data(), sizeof(int) * fds.size());
    }
    REQUIRE(::sendmsg(socket.get(), &header, MSG_NOSIGNAL) == static_cast<ssize_t>(bytes.size()));
}

std::string reply(int id, int fds) { return proto::result_line(id, nlohmann::json::object(), fds); }

std::ptrdiff_t open_descriptors() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), std::filesystem::directory_iterator());
}

// Reads until it would block; the failure that came on the way, if any.
std::optional<Failure> read_all(Wire& wire, const UniqueFd& socket) {
    for (;;) {
        const auto outcome = wire.read_some(socket.get());
        if (!outcome) return outcome.error();
        if (*outcome != Wire::Io::progress) return std::nullopt;
    }
}

}  // namespace

TEST_CASE("wire: a message and its descriptors arrive, and the descriptors work") {
    Pair pair;
    Wire sender, receiver;
    Pipe pipe = make_pipe();
    std::vector<UniqueFd> fds;
    fds.push_back(std::move(pipe.read));
    sender.queue(reply(1, 1), std::move(fds));
    CHECK(sender.has_output());
    CHECK(sender.flush(pair.a.get()) == Wire::Io::progress);
    CHECK_FALSE(sender.has_output());
    CHECK(sender.output_bytes() == 0);

    CHECK_FALSE(read_all(receiver, pair.b));
    auto incoming = receiver.next();
    REQUIRE(incoming.has_value());
    REQUIRE(*incoming);
    REQUIRE((*incoming)->fds.size() == 1);
    const int received = (*incoming)->fds[0].get();
    CHECK((::fcntl(received, F_GETFD) & FD_CLOEXEC) != 0);
    REQUIRE(::write(pipe.write.get(), "x", 1) == 1);
    char byte = 0;
    CHECK(::read(received, &byte, 1) == 1);
    CHECK(byte == 'x');
    CHECK_FALSE(*receiver.next());
}

TEST_CASE("wire: messages with descriptors, split at every byte, keep their own") {
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const std::string bytes = reply(1, 2) + "\n" + reply(2, 0) + "\n" + reply(3, 1) + "\n";
    const auto before = open_descriptors();
    for (std::size_t at = 1; at < bytes.size(); ++at) {
        Pair pair;
        Wire wire;
        std::vector<std::size_t> counts;
        const auto take = [&] {
            REQUIRE_FALSE(read_all(wire, pair.b));
            for (auto incoming = wire.next(); *incoming; incoming = wire.next())
                counts.push_back((*incoming)->fds.size());
        };
        send_raw(pair.a, bytes.substr(0, at), {null.get(), null.get(), null.get()});
        take();
        send_raw(pair.a, bytes.substr(at));
        take();
        CHECK(counts == std::vector<std::size_t>{2, 0, 1});
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("wire: a message cut off at any byte is not given out, nor are its descriptors kept") {
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const std::string bytes = reply(1, 1) + "\n";
    const auto before = open_descriptors();
    for (std::size_t length = 1; length < bytes.size(); ++length) {
        Pair pair;
        Wire wire;
        send_raw(pair.a, bytes.substr(0, length), {null.get()});
        pair.a.reset();
        CHECK_FALSE(read_all(wire, pair.b));
        CHECK_FALSE(*wire.next());
        CHECK(*wire.read_some(pair.b.get()) == Wire::Io::closed);
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("wire: descriptors that were announced and did not come are a failure") {
    Pair pair;
    Wire wire;
    send_raw(pair.a, reply(1, 1) + "\n");
    CHECK_FALSE(read_all(wire, pair.b));
    CHECK(wire.next().error().message == "bad message: fewer descriptors than it announces");
}

TEST_CASE("wire: more descriptors than a message may have are a failure, and are closed") {
    const UniqueFd null(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    const auto before = open_descriptors();
    {
        Pair pair;
        Wire wire;
        send_raw(pair.a, "x", std::vector<int>(proto::max_fds + 2, null.get()));
        REQUIRE(read_all(wire, pair.b));
    }
    {
        Pair pair;
        Wire wire;
        for (int i = 0; i < 5; ++i) send_raw(pair.a, "x", std::vector<int>(proto::max_fds, null.get()));
        CHECK(read_all(wire, pair.b)->message == "bad message: too many descriptors");
    }
    CHECK(open_descriptors() == before);
}

TEST_CASE("wire: a line that is too long is a failure before its end comes") {
    Pair pair;
    Wire wire;
    std::optional<Failure> failure;
    const std::string chunk(32768, 'x');
    for (int i = 0; i < 40 && !failure; ++i) {
        send_raw(pair.a, chunk);
        REQUIRE_FALSE(read_all(wire, pair.b));
        if (auto incoming = wire.next(); !incoming) failure = incoming.error();
    }
    REQUIRE(failure);
    CHECK(failure->message == "a message is longer than 1048576 bytes");
}

TEST_CASE("wire: a peer that does not read is noticed, and gets everything in order when it does") {
    Pair pair;
    Wire sender, receiver;
    const nlohmann::json body = {{"text", std::string(100000, 'x')}};
    for (int i = 0; i < 20; ++i) {
        std::vector<UniqueFd> fds;
        fds.emplace_back(::open("/dev/null", O_RDONLY | O_CLOEXEC));
        sender.queue(proto::result_line(i, body, 1), std::move(fds));
    }
    CHECK(sender.flush(pair.a.get()) == Wire::Io::would_block);
    CHECK(sender.output_bytes() > 1000000);
    int expected = 0;
    while (expected < 20) {
        REQUIRE_FALSE(read_all(receiver, pair.b));
        for (auto incoming = receiver.next(); *incoming; incoming = receiver.next()) {
            CHECK((*incoming)->message.id == expected++);
            CHECK((*incoming)->fds.size() == 1);
        }
        sender.flush(pair.a.get());
    }
    CHECK(sender.output_bytes() == 0);
}

TEST_CASE("wire: a peer that is gone is closed in both directions") {
    Pair pair;
    Wire wire;
    CHECK(*wire.read_some(pair.a.get()) == Wire::Io::would_block);
    pair.b.reset();
    CHECK(*wire.read_some(pair.a.get()) == Wire::Io::closed);
    wire.queue(reply(1, 0));
    CHECK(wire.flush(pair.a.get()) == Wire::Io::closed);
}
