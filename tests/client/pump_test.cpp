// SPDX-License-Identifier: Apache-2.0
#include "client/pump.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <pty.h>
#include <string>
#include <string_view>
#include <termios.h>
#include <unistd.h>
#include <vector>

namespace isag {
namespace {

// What reaches a terminal of a program's output, piece by piece.
std::string on_terminal(const std::vector<std::string>& pieces) {
    termios raw{};
    ::cfmakeraw(&raw);
    int ends[2];
    if (::openpty(&ends[0], &ends[1], nullptr, &raw, nullptr) != 0) throw Error("openpty failed");
    const UniqueFd master(ends[0]), terminal(ends[1]);
    Pipe output = make_pipe();
    Pump pump(owned(std::move(output.read)), borrowed(terminal.get()));
    const auto move = [&] {
        for (pollfd fd = pump.wanted(); ::poll(&fd, 1, 100) > 0; fd = pump.wanted()) pump.advance(fd.revents);
    };
    for (const auto& piece : pieces) {
        CHECK(::write(output.write.get(), piece.data(), piece.size()) == static_cast<ssize_t>(piece.size()));
        move();
    }
    output.write.reset();
    move();
    CHECK(pump.done());
    set_nonblocking(master, true);
    char bytes[4096];
    const ssize_t n = ::read(master.get(), bytes, sizeof bytes);
    return {bytes, static_cast<std::size_t>(std::max<ssize_t>(n, 0))};
}

int size_of(const UniqueFd& pipe) { return ::fcntl(pipe.get(), F_GETPIPE_SZ); }

}  // namespace

TEST_CASE("a pump grows the pipes that it moves between, the person's too, and shrinks none") {
    const Pipe from = make_pipe(), to = make_pipe();
    ::fcntl(to.write.get(), F_SETPIPE_SZ, 4 << 20);  // root alone may
    const int before = size_of(to.write);
    const Pump pump(borrowed(from.read.get()), borrowed(to.write.get()));
    CHECK(size_of(from.read) == 1 << 20);
    CHECK(size_of(to.write) == std::max(before, 1 << 20));
}

TEST_CASE(
    "what a pump brings to a terminal asks it nothing, leaves the clipboard alone, and switches nothing on for good") {
    CHECK(on_terminal({"plain \x1b[1mbold\x1b[m\n"}) == "plain \x1b[1mbold\x1b[m\n");
    for (const std::string asks :
         {"\x1b[c", "\x1b[6n", "\x1b]10;?\a", "\x1b]52;c;?\a", "\x1b]52;c;aGk=\a", "\x1b]1337;x\a"}) {
        CAPTURE(asks);
        CHECK(on_terminal({"a" + asks + "b"}) == "ab");
        for (std::size_t cut = 1; cut < asks.size(); ++cut)
            CHECK(on_terminal({"a" + asks.substr(0, cut), asks.substr(cut) + "b"}) == "ab");
    }
    const std::string mouse = on_terminal({"\x1b[?1000hx"});
    CHECK(mouse.starts_with("\x1b[?1000hx"));
    CHECK(mouse.find("\x1b[?1000l") != std::string::npos);
}

}  // namespace isag
