// SPDX-License-Identifier: Apache-2.0
#include "tests/daemon/terminal/screen_with.hpp"
#include "tests/daemon/terminal/stage.hpp"
#include <string>

namespace asio = boost::asio;
namespace isag::terminal {
namespace {

const std::string long_line(300, 'l');
// Scrolls at the bottom, wraps at the right edge, and comes back to the top: another size makes another screen of it.
const std::string printed =
    "\x1b[31mtop\x1b[m\x1b[24;1H" + long_line + "\r\nlast\x1b[5;70H漢字漢字漢字" + "\x1b[1;5Hfirst";

// What a terminal shows of the screen of another one, from the top left.
std::string part_shown(const std::string& stream, const proto::TerminalSize& size, const proto::TerminalSize& of) {
    Screen screen(size);
    screen.feed(stream);
    screen.resize(of);
    return screen.refresh();
}

// Two viewers: the first types, the second has another size.
struct Two {
    explicit Two(proto::TerminalSize size) {
        stage.terminal->connect(program.master.duplicate());
        second = stage.attach(size);
        first = stage.attach({24, 80});
        seen.emplace(second->take_client_ends());
        writes.emplace(first->take_client_ends());
    }
    bool is_shown(const std::string& text) { return seen->all().find(text) != std::string::npos; }
    std::string screen() const {
        Screen out({24, 80});
        out.feed(writes->text);
        return out.refresh();
    }
    Stage stage;
    Program program;
    std::shared_ptr<Viewer> first, second;
    std::optional<Reader> seen, writes;
};

}  // namespace

TEST_CASE("a viewer of another size than the one that types is shown the same screen") {
    for (const proto::TerminalSize& size : {proto::TerminalSize{50, 100}, {24, 200}, {60, 80}}) {
        Two two(size);
        two.stage.play([&]() -> asio::awaitable<void> {
            two.program.print(printed);
            co_await two.stage.until([&] { return two.writes->all().ends_with("first"); });
            co_await two.stage.until([&] {
                return part_shown(two.seen->all(), size, {24, 80}) == part_shown(two.screen(), {24, 80}, {24, 80});
            });
        });
    }
}

TEST_CASE("a viewer that is too small is shown a part of the screen") {
    Two two({10, 30});
    two.stage.play([&]() -> asio::awaitable<void> {
        two.program.print("\x1b[2J\x1b[Habove\x1b[5;1H" + long_line + "\x1b[1;1H");
        co_await two.stage.until([&] { return two.is_shown("lll"); });
        Screen shown({10, 30});
        shown.feed(two.seen->all());
        CHECK(shown.refresh().find("above") != std::string::npos);
    });
}

TEST_CASE("a viewer of another size is painted a few times a second, and at the end") {
    Two two({50, 100});
    const auto begin = Clock::now();
    two.stage.play([&]() -> asio::awaitable<void> {
        for (int i = 0; i < 300; ++i) {
            two.program.print("line " + std::to_string(i) + "\r\n");
            co_await two.stage.until([&] { return two.writes->all().ends_with(std::to_string(i) + "\r\n"); });
        }
        two.stage.terminal->end();
        co_await two.stage.until([&] { return two.seen->all(), two.seen->ended; });
        CHECK(two.is_shown("line 299"));
        const auto looks = static_cast<std::size_t>((Clock::now() - begin) / Viewer::between_looks) + 3;
        CHECK(occurrences(two.seen->text, "\x1b[?1049l") <= looks);
    });
}

TEST_CASE("a viewer of another size that types gets the size, the screen, and all that is printed from then on") {
    Two two({50, 100});
    two.stage.play([&]() -> asio::awaitable<void> {
        two.program.print(printed);
        co_await two.stage.until([&] { return two.is_shown("first"); });
        send(*two.seen, "x");
        co_await two.stage.until([&] { return two.program.size().ws_row == 50; });
        co_await two.stage.until([&] { return two.second->place().place.has_value(); });
        CHECK(typed_into(two.program.slave) == "x");
        two.program.print("\x1b[H\x1b[Jraw \x1b[7moutput");
        co_await two.stage.until([&] { return two.is_shown("\x1b[H\x1b[Jraw \x1b[7moutput"); });
        Screen all({50, 100});
        all.feed(two.seen->all());
        CHECK(all.refresh().find("raw \x1b[0;7moutput") != std::string::npos);
        CHECK(all.refresh().find("first") == std::string::npos);
    });
}

TEST_CASE("a viewer whose own size becomes that of what is shown is painted once more, and then goes on") {
    Two two({50, 100});
    two.stage.play([&]() -> asio::awaitable<void> {
        two.program.print("before");
        co_await two.stage.until([&] { return two.is_shown("before"); });
        CHECK(!two.second->place().place);
        two.second->resize({24, 80});
        co_await two.stage.until([&] { return two.second->place().place.has_value(); });
        const auto painted = two.seen->all().size();
        two.program.print(" and \x1b[1mafter");
        co_await two.stage.until([&] { return two.seen->all().size() > painted; });
        CHECK(two.seen->text.substr(painted) == " and \x1b[1mafter");
    });
}

}  // namespace isag::terminal
