// SPDX-License-Identifier: Apache-2.0
// bench_filter: how fast TerminalFilter lets output through, in pieces as a session reads them. By
// processor time, the best of several rounds; a copy of the same bytes is what the machine can do at all.
#include "client/terminal_filter.hpp"
#include <algorithm>
#include <cstdio>
#include <ctime>
#include <string>
#include <string_view>

namespace {

constexpr std::size_t total = std::size_t{64} << 20;
constexpr std::size_t piece = std::size_t{64} << 10;
constexpr int rounds = 7;

std::string repeat(std::string_view text) {
    std::string out;
    while (out.size() < total) out += text;
    return out;
}

struct Load {
    const char* what;
    const char* text;
};
const Load loads[] = {
    {"plain ASCII",
     "The quick brown fox jumps over the lazy dog, and then some more of the same until the line ends.\r\n"},
    {"compiler output with colours",
     "\x1b[1m/work/main/client/terminal.cpp:12:3:\x1b[0m \x1b[0;1;35mwarning: \x1b[0munused variable "
     "\x1b[1m'x'\x1b[0m\r\n"},
    {"a coloured word each five letters", "\x1b[38;5;12mhello\x1b[0m \x1b[31mworld\x1b[0m "},
    {"a full-screen program", "\x1b[12;40H\x1b[K\x1b[48;2;30;30;46m\x1b[38;2;205;214;244m some text \x1b[?25l\x1b[1C"},
    {"boxes", "\xe2\x94\x82 \xe2\x9c\xb3 text \xe2\x94\x82\r\n\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80\xe2\x94\x80"},
    {"Chinese", "\xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c"},
    {"titles and links", "\x1b]8;;https://example.com/a/b\x1b\\link\x1b]8;;\x1b\\ \x1b]2;a title\a"},
    {"sixel", "\x1bPq#0;2;0;0;0#0~~@@vv@@~~@@~~$#1??}}GG}}?}}?-~~@@vv@@~~@@~~$#1??}}GG}}?}}?-\x1b\\"},
};

template <class Work>
double megabytes_a_second(const std::string& input, Work work) {
    double best = 0;
    for (int i = 0; i < rounds; ++i) {
        const std::clock_t start = std::clock();
        for (std::size_t at = 0; at < input.size(); at += piece) work(std::string_view(input).substr(at, piece));
        const double seconds = static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC;
        best = std::max(best, static_cast<double>(input.size()) / seconds / 1e6);
    }
    return best;
}

}  // namespace

int main() {
    std::printf("%-36s %10s %10s  (MB/s)\n", "filter", "copy", "filtered");
    for (const auto& load : loads) {
        const std::string input = repeat(load.text);
        std::string out;
        const double copied = megabytes_a_second(input, [&](std::string_view bytes) {
            out.clear();
            out.append(bytes);
        });
        isag::TerminalFilter filter(isag::Clipboard::ask);
        const double filtered = megabytes_a_second(input, [&](std::string_view bytes) {
            out.clear();
            filter.feed(bytes, out);
        });
        std::printf("%-36s %10.0f %10.0f\n", load.what, copied, filtered);
    }
}
