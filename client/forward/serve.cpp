// SPDX-License-Identifier: Apache-2.0
#include "client/forward/serve.hpp"
#include "client/forward/endpoint_text.hpp"
#include "client/forward/host_dial.hpp"
#include "client/forward/sandbox_dial.hpp"
#include "client/forward/socks.hpp"
#include "common/deadline.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "common/join.hpp"
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <sys/socket.h>

namespace asio = boost::asio;
namespace isag::forward {
namespace {

constexpr std::chrono::seconds handshake_limit{30};

// A connection that is closed before it was led anywhere is reset.
class ResetUnlessLed {
public:
    explicit ResetUnlessLed(Stream& stream) : stream_(&stream) {}
    ResetUnlessLed(const ResetUnlessLed&) = delete;
    ResetUnlessLed& operator=(const ResetUnlessLed&) = delete;
    ~ResetUnlessLed() {
        if (!stream_) return;
        if (stream_->is_open()) reset_on_close(stream_->native_handle());
        close(*stream_);
    }
    void let_go() { stream_ = nullptr; }

private:
    Stream* stream_;
};

asio::awaitable<void> lead(ForwardRoom& room, asio::awaitable<Stream> dialling, std::string where, Stream accepted) {
    ResetUnlessLed guard(accepted);
    std::optional<Stream> target;
    std::optional<Error> failed;
    try {
        target = co_await std::move(dialling);
    } catch (const Error& error) {
        failed = error;
    }
    if (failed) {
        room.say("no connection to " + where + ": " + escape_controls(failed->message()));
        co_return;
    }
    guard.let_go();
    co_await join(std::move(accepted), std::move(*target), room.flows);
}

// False where the peer went away.
asio::awaitable<bool> read_some(Stream& stream, SocksHandshake& handshake) {
    std::array<char, 300> bytes{};
    for (;;) {
        const std::size_t most = std::min(handshake.wanted(), bytes.size());
        const ssize_t n = ::recv(stream.native_handle(), bytes.data(), most, 0);
        if (n > 0) {
            handshake.feed(std::string_view(bytes.data(), static_cast<std::size_t>(n)));
            co_return true;
        }
        if (n == 0 || (errno != EAGAIN && errno != EINTR)) co_return false;
        co_await wait_for(stream, Stream::wait_read);
    }
}

asio::awaitable<bool> send_answer(Stream& stream, std::string answer) {
    std::int64_t sent = 0;
    co_return co_await write_all(stream, answer, sent);
}

// True once it has said where it wants to go; false where it did not, and was told.
asio::awaitable<bool> shake_hands(Stream& stream, SocksHandshake& handshake) {
    while (handshake.wanted() != 0) {
        const bool goes_on = co_await read_some(stream, handshake);
        if (!goes_on) co_return false;
        const bool is_sent = co_await send_answer(stream, handshake.take_answer());
        if (!is_sent) co_return false;
    }
    co_return handshake.target().has_value();
}

// What was read no further is forgotten with it: a close would turn into a reset, which takes the answer along.
void end_politely(Stream& stream) {
    ::shutdown(stream.native_handle(), SHUT_WR);
    std::array<char, 4096> bytes{};
    while (::recv(stream.native_handle(), bytes.data(), bytes.size(), 0) > 0) {
    }
    close(stream);
}

}  // namespace

asio::awaitable<void> serve_local(ForwardRoom& room, proto::Endpoint to, Stream accepted) {
    auto dialling = dial_sandbox(room, to);
    co_await lead(room, std::move(dialling), endpoint_text(to), std::move(accepted));
}

asio::awaitable<void> serve_remote(ForwardRoom& room, proto::Endpoint to, Stream accepted) {
    auto dialling = dial_host(to);
    co_await lead(room, std::move(dialling), endpoint_text(to), std::move(accepted));
}

asio::awaitable<void> serve_dynamic(ForwardRoom& room, Stream accepted) {
    ResetUnlessLed guard(accepted);
    SocksHandshake handshake;
    auto shaking = shake_hands(accepted, handshake);
    const bool has_target = co_await with_deadline(std::move(shaking), handshake_limit, "the SOCKS handshake");
    if (handshake.refusal()) {
        room.say("a SOCKS client is refused: " + *handshake.refusal());
        guard.let_go();
        end_politely(accepted);
    }
    if (!has_target) co_return;

    std::optional<Stream> target;
    std::optional<Error> failed;
    auto dialling = dial_sandbox(room, *handshake.target());
    try {
        target = co_await std::move(dialling);
    } catch (const Error& error) {
        failed = error;
    }
    const auto reply = failed ? socks_reply_for(*failed) : SocksReply::succeeded;
    const bool is_sent = co_await send_answer(accepted, socks_answer(reply));
    guard.let_go();
    if (failed) {
        room.say("no connection to " + endpoint_text(*handshake.target()) + ": " + escape_controls(failed->message()));
        end_politely(accepted);
    } else if (is_sent) {
        co_await join(std::move(accepted), std::move(*target), room.flows);
    }
}

}  // namespace isag::forward
