// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include "client/commands.hpp"
#include "client/connection.hpp"
#include "client/duration.hpp"
#include "client/json_output.hpp"
#include "client/output.hpp"
#include "client/raw_mode.hpp"
#include "client/session.hpp"
#include "client/signals.hpp"
#include "client/top_view.hpp"
#include "common/poll_time.hpp"
#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>
#include <nlohmann/json.hpp>
#include <optional>
#include <poll.h>
#include <string_view>
#include <unistd.h>

namespace isag {

using Clock = std::chrono::steady_clock;

Syntax top_syntax() {
    return {.command = "top",
            .summary =
                "Shows what the sandboxes take, live: CPU, memory, traffic, refused connections; q ends it.\n"
                "Without a terminal that can be drawn on: one table, of one interval.",
            .options = {{.name = "interval", .value = "TIME", .help = "between two looks", .fallback = "2s"},
                        {.name = "json", .help = "a JSON array, of one interval"}},
            .examples = {"isag top", "isag top --interval 10s | cat"}};
}

namespace {

constexpr const char* show_screen = "\x1b[?1049h\x1b[?25l";
constexpr const char* hide_screen = "\x1b[?25h\x1b[?1049l";

TopSample look(Connection& isagd) {
    auto reply = isagd.call<proto::PsReply>("ps", proto::PsRequest());
    return {Clock::now(), std::move(reply.sandboxes)};
}

class TopScreen {
public:
    TopScreen(const Context& context, std::chrono::seconds interval) : context_(context), interval_(interval) {
        if (::isatty(STDIN_FILENO)) keys_.emplace(STDIN_FILENO);
        print(show_screen);
    }
    TopScreen(const TopScreen&) = delete;
    ~TopScreen() { print_last(hide_screen); }

    void run(TopSample sample) {
        before_ = after_ = std::move(sample);
        auto next = Clock::now() + std::min<Clock::duration>(interval_, std::chrono::milliseconds(500));
        for (draw(); !ended_; draw()) {
            wait(next);
            if (Clock::now() >= next) next = look_again();
        }
    }

private:
    // When to look next. Where isagd has gone, what it last said stays on the screen until another one answers.
    Clock::time_point look_again() {
        const auto pause = comeback_.attempt(context_, [this](Connection& isagd) {
            before_ = std::exchange(after_, look(isagd));
            comeback_.served();
        });
        return Clock::now() + (pause ? *pause : Clock::duration(interval_));
    }

    void draw() const {
        std::string text = top_table(before_, after_, std::time(nullptr));
        if (after_.sandboxes.empty()) text += "no sandbox runs\n";
        print(top_screen(text, terminal_size()));
    }

    void wait(Clock::time_point next) {
        std::array<pollfd, 2> fds{pollfd{signals_.fd(), POLLIN, 0}, pollfd{keys_ ? STDIN_FILENO : -1, POLLIN, 0}};
        if (::poll(fds.data(), fds.size(), milliseconds_until(next)) <= 0) return;
        if (fds[0].revents != 0)
            if (const auto number = signals_.take(); number && *number != SIGWINCH) throw Interrupted{*number};
        if (fds[1].revents != 0) read_keys();
    }

    void read_keys() {
        constexpr std::string_view ctrl_c = "\x03";
        char bytes[64];
        const ssize_t n = ::read(STDIN_FILENO, bytes, sizeof bytes);
        const std::string_view typed(bytes, n > 0 ? static_cast<std::size_t>(n) : 0);
        ended_ = n == 0 || (n < 0 && errno != EINTR && errno != EAGAIN) ||
                 typed.find_first_of("qQ") != std::string_view::npos || typed.find(ctrl_c) != std::string_view::npos;
    }

    static void print_last(std::string_view text) {
        try {
            print(text);
        } catch (const Error&) {  // the terminal is gone
        }
    }

    const Context& context_;
    const std::chrono::seconds interval_;
    Signals signals_{SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGWINCH};
    std::optional<RawMode> keys_;
    Comeback comeback_;
    TopSample before_, after_;
    bool ended_ = false;
};

}  // namespace

int top_run(const Context& context, const Arguments& arguments) {
    const std::chrono::seconds interval(duration_argument(arguments.value("interval"), "--interval"));
    auto first = ask(context, look);
    const bool json = arguments.has("json");
    if (!json && can_draw_on(STDOUT_FILENO, context.environment))
        return TopScreen(context, interval).run(std::move(first)), 0;
    Signals signals{SIGINT, SIGTERM, SIGHUP};
    pollfd fd{signals.fd(), POLLIN, 0};
    for (const auto end = Clock::now() + interval; Clock::now() < end;)
        if (::poll(&fd, 1, milliseconds_until(end)) > 0) signals.check();
    TopSample second;
    Comeback(&signals).run(context, [&](Connection& isagd) { second = look(isagd); });
    print(json ? json_array(top_rows(first, second)) : top_table(first, second, std::time(nullptr)));
    return 0;
}

}  // namespace isag
