// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace isag::terminal {

class Terminal;

// One client's view of a Terminal: a stream socket, of which the client has the other end. What the client does not
// read waits for it up to a limit; beyond that it misses output, and is shown the screen as it then stands.
// Made by Terminal::attach(); whoever made it runs it.
class Viewer : public std::enable_shared_from_this<Viewer> {
public:
    static constexpr std::size_t most_waiting = std::size_t{1} << 20;  // bytes, then it misses output
    static constexpr std::size_t is_much = std::size_t{128} << 10;     // bytes; the program is held back, if it types
    static constexpr std::chrono::seconds patience{1};                 // for which the program is held back

    // Without a size it only listens: it never types, and misses output without being shown the screen.
    Viewer(boost::asio::any_io_executor executor, std::shared_ptr<Terminal> terminal,
           std::optional<proto::TerminalSize> size);
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;
    ~Viewer();

    // The client's end. Once.
    UniqueFd take_client_end() { return std::move(client_end_); }
    // Called with whether it is this one who types, when that changes for another reason than its own typing.
    void on_turn(std::function<void(bool types)> handler) { turn_ = std::move(handler); }

    // Takes what is typed until the client closes its end; to be spawned beside:
    boost::asio::awaitable<void> read();
    // Sends what waits, until the terminal has ended and everything is sent, or the client has closed.
    boost::asio::awaitable<void> write();

    void resize(const proto::TerminalSize& size);
    const std::optional<proto::TerminalSize>& size() const { return size_; }

private:
    friend class Terminal;
    void show(std::string_view output);
    void flush();
    void close();
    void tell_turn(bool types);
    void miss();
    // Where the program ought to wait for this one.
    bool is_behind() const { return !missing_ && waiting_.size() - sent_ > is_much; }

    std::shared_ptr<Terminal> terminal_;
    boost::asio::local::stream_protocol::socket socket_;
    UniqueFd client_end_;
    std::optional<proto::TerminalSize> size_;
    std::function<void(bool)> turn_;
    std::string waiting_;  // sent up to sent_
    std::size_t sent_ = 0;
    bool missing_ = false;  // output was left out
    bool open_ = true;
    bool ended_ = false;  // nothing more will come
    Event changed_;
};

}  // namespace isag::terminal
