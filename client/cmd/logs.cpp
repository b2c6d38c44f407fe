// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/mode_tracker.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "client/signals.hpp"
#include "client/tail.hpp"
#include "client/terminal_filter.hpp"
#include "common/error.hpp"
#include "proto/session.hpp"
#include <cerrno>
#include <csignal>
#include <nlohmann/json.hpp>
#include <poll.h>
#include <unistd.h>

namespace isag {

Syntax logs_syntax() {
    return {.command = "logs",
            .summary =
                "Prints what a sandbox's terminal showed, the latest 4 to 8 MiB of it; of one that ended too, for a\n"
                "day. To a terminal what may do harm there is left out; into a pipe it goes as it was written.\n"
                "What a sandbox without a terminal prints its client alone gets.",
            .operands = "[NAME]",
            .kind = Operands::any,
            .options = {{.name = "follow", .letter = 'f', .help = "and what it prints from now on, until it ends"},
                        {.name = "tail", .value = "N", .help = "only the last N lines"},
                        config_option()},
            .examples = {"isag logs web", "isag logs -f --tail 20"}};
}

namespace {

std::string content_of(const UniqueFd& file, std::int64_t size) {
    std::string text(static_cast<std::size_t>(size), '\0');
    std::size_t done = 0;
    while (done < text.size()) {
        const ssize_t n = ::pread(file.get(), text.data() + done, text.size() - done, static_cast<off_t>(done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) break;
        done += static_cast<std::size_t>(n);
    }
    text.resize(done);
    return text;
}

// To a terminal goes what may go there of an agent's output (security.md D5), and what it left switched on is taken
// back at the end; into a pipe or a file goes all of it.
class LogPrinter {
public:
    LogPrinter() = default;
    LogPrinter(const LogPrinter&) = delete;
    ~LogPrinter() {
        const std::string rest = filter_.finish() + modes_.reset_sequence();
        if (!is_terminal_) return;
        [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    }
    void print_some(std::string_view output) {
        if (!is_terminal_) return print(output);
        std::string harmless;
        filter_.feed(output, harmless);
        modes_.feed(harmless);
        print(harmless);
    }

private:
    const bool is_terminal_ = ::isatty(STDOUT_FILENO) != 0;
    TerminalFilter filter_{Clipboard::deny};
    ModeTracker modes_;
};

// Until its end, or a signal, which is thrown as Interrupted.
void print_until_end(const UniqueFd& stream, Signals& signals, LogPrinter& printer) {
    char bytes[65536];
    for (;;) {
        pollfd fds[2] = {{stream.get(), POLLIN, 0}, {signals.fd(), POLLIN, 0}};
        if (::poll(fds, 2, -1) < 0 && errno != EINTR) throw errno_error("cannot wait for the sandbox", errno);
        if (fds[1].revents != 0)
            if (const auto number = signals.take()) throw Interrupted{*number};
        if (fds[0].revents == 0) continue;
        const ssize_t n = ::read(stream.get(), bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return;
        printer.print_some({bytes, static_cast<std::size_t>(n)});
    }
}

}  // namespace

int logs_run(const Context& context, const Arguments& arguments) {
    proto::LogsRequest request;
    request.target = target_argument(context, arguments, 0);
    request.follow = arguments.has("follow");
    std::optional<long> tail;
    if (const auto given = arguments.find("tail")) tail = number_argument(*given, "--tail", 0, 1'000'000'000);

    Connection connection = Connection::open(context);
    std::vector<UniqueFd> fds;
    CallOptions options;
    options.fds = &fds;
    const auto reply = connection.call<proto::LogsReply>("logs", request, options);
    if (fds.size() < reply.sizes.size()) throw Error("isagd sent too few files");
    std::string text;
    for (std::size_t i = 0; i < reply.sizes.size(); ++i) text += content_of(fds[i], reply.sizes[i]);
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    LogPrinter printer;
    printer.print_some(tail ? last_lines(text, static_cast<std::size_t>(*tail)) : std::string_view(text));
    if (fds.size() > reply.sizes.size()) print_until_end(fds.back(), signals, printer);
    return 0;
}

}  // namespace isag
