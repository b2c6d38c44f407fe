// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/event.hpp"
#include "common/unique_fd.hpp"
#include "proto/api.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::terminal {

class Terminal;

// One client's view of a Terminal: a stream socket for what it shows, and a pipe for what is typed. What the client
// does not read waits for it up to a limit; beyond that it misses output, and is shown the screen as it then stands. So
// is, again and again, one whose terminal has another size than what is shown: output would look odd there.
// The client's end of the pipe reads, too: what no isagd has taken is not lost with one that is killed. Made by
// Terminal::attach(); whoever made it runs it.
class Viewer : public std::enable_shared_from_this<Viewer> {
public:
    static constexpr std::size_t most_waiting = std::size_t{1} << 20;  // bytes, then it misses output
    static constexpr std::size_t is_much = std::size_t{128} << 10;     // bytes; the program is held back, if it types
    static constexpr std::chrono::seconds patience{1};                 // for which the program is held back
    static constexpr std::chrono::milliseconds between_looks{100};     // at least, where the size is another one

    // Without a size it only listens: it never types, and misses output without being shown the screen.
    Viewer(boost::asio::any_io_executor executor, std::shared_ptr<Terminal> terminal,
           std::optional<proto::TerminalSize> size);
    Viewer(const Viewer&) = delete;
    Viewer& operator=(const Viewer&) = delete;
    ~Viewer();

    // The client's ends: the socket, and of one that may type the pipe (O_RDWR). Once.
    std::vector<UniqueFd> take_client_ends() { return std::move(client_ends_); }
    // Called with whether it is this one who types, when that changes for another reason than its own typing.
    void on_turn(std::function<void(bool types)> handler) { turn_ = std::move(handler); }
    // Where its stream stands in the terminal's output: the byte after the first `stream` bytes is that with the number
    // `place` (OutputLog::end()), and so on from there. No place: what is sent is no output, or leaves some out.
    struct Place {
        std::int64_t stream = 0;
        std::optional<std::int64_t> place;
    };
    const Place& place() const { return place_; }
    // Called whenever that is another one.
    void on_place(std::function<void(const Place&)> handler) { moved_ = std::move(handler); }

    // Takes what is typed, until it is closed; to be spawned beside:
    boost::asio::awaitable<void> read();
    // Closes it when the client has closed its end of the socket, and
    boost::asio::awaitable<void> watch();
    // Sends what waits, until the terminal has ended and everything is sent, or the client has closed.
    boost::asio::awaitable<void> write();

    void resize(const proto::TerminalSize& size);
    const std::optional<proto::TerminalSize>& size() const { return size_; }

private:
    friend class Terminal;
    // Whether its terminal has the size of what is shown.
    void set_fits(bool fits);
    void show(std::string_view output);
    // Shows what is no output, behind which the output goes on from that place; none where it is not known.
    void paint(std::string_view painted, std::optional<std::int64_t> place);
    void set_place(std::optional<std::int64_t> place);
    void send(std::string_view text);
    void flush();
    boost::asio::awaitable<void> look();
    void make_keys();
    void close();
    void tell_turn(bool types);
    void miss();
    // Where the program ought to wait for this one.
    bool is_behind() const { return !missing_ && waiting_.size() - sent_ > is_much; }

    std::shared_ptr<Terminal> terminal_;
    boost::asio::local::stream_protocol::socket socket_;
    boost::asio::posix::stream_descriptor keys_;
    std::vector<UniqueFd> client_ends_;
    std::optional<proto::TerminalSize> size_;
    std::function<void(bool)> turn_;
    std::function<void(const Place&)> moved_;
    Place place_;
    std::int64_t shown_ = 0;  // bytes that were sent, or wait
    std::string waiting_;     // sent up to sent_
    std::size_t sent_ = 0;
    bool missing_ = false;  // output was left out
    bool fits_ = true;
    std::chrono::steady_clock::time_point next_look_;  // where it does not
    bool open_ = true;
    bool ended_ = false;  // nothing more will come
    Event changed_;
};

}  // namespace isag::terminal
