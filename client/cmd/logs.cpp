// SPDX-License-Identifier: Apache-2.0
#include "client/comeback.hpp"
#include "client/commands.hpp"
#include "client/config_path.hpp"
#include "client/connection.hpp"
#include "client/filtered_output.hpp"
#include "client/log_reader.hpp"
#include "client/net_target.hpp"
#include "client/output.hpp"
#include "client/signals.hpp"
#include "client/tail.hpp"
#include "common/error.hpp"
#include "proto/session.hpp"
#include <cerrno>
#include <csignal>
#include <memory>
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
        const std::string rest = output_.finish();
        if (!is_terminal_) return;
        [[maybe_unused]] const ssize_t n = ::write(STDOUT_FILENO, rest.data(), rest.size());
    }
    void print_some(std::string_view output) { is_terminal_ ? print(output_.take(output)) : print(output); }

private:
    const bool is_terminal_ = ::isatty(STDOUT_FILENO) != 0;
    FilteredOutput output_{Clipboard::deny, TerminalFilter::Asking::is_dropped};
};

struct Logs {
    proto::LogsReply reply;
    std::vector<UniqueFd> files;  // as many as reply.sizes
    UniqueFd stream;              // where it is followed, and prints still
};

Logs ask_logs(Connection& isagd, const proto::LogsRequest& request, Signals& signals) {
    Logs logs;
    CallOptions options;
    options.signals = &signals;
    options.fds = &logs.files;
    logs.reply = isagd.call<proto::LogsReply>("logs", request, options);
    if (logs.files.size() < logs.reply.sizes.size()) throw Error("isagd sent too few files");
    if (logs.files.size() > logs.reply.sizes.size()) logs.stream = std::move(logs.files.back());
    logs.files.resize(logs.reply.sizes.size());
    return logs;
}

std::string text_of(const Logs& logs) {
    std::string text;
    for (std::size_t i = 0; i < logs.files.size(); ++i) text += content_of(logs.files[i], logs.reply.sizes[i]);
    return text;
}

// isag logs -f. What is printed comes from the files, which outlive isagd and leave nothing out where we are slow;
// isagd's stream tells when to look.
class LogFollower {
public:
    LogFollower(proto::LogsRequest request, std::optional<std::size_t> tail, Signals& signals, LogPrinter& printer)
        : request_(std::move(request)), tail_(tail), signals_(signals), printer_(printer), comeback_(&signals) {}

    // Until the sandbox ends, or a signal, which is thrown as Interrupted.
    void run(const Context& context) {
        comeback_.run(context, [this](Connection& isagd) { follow(isagd); });
    }

private:
    void follow(Connection& isagd) {
        Logs logs = ask_logs(isagd, request_, signals_);
        comeback_.served();
        request_.target.name = logs.reply.name;
        if (!reader_)
            start(logs);
        else if (!reader_->take(std::move(logs.files)))
            logs.stream.reset();
        print_new();
        if (!logs.stream) return;
        while (wait(logs.stream)) print_new(isagd);
        // The sandbox has ended, where isagd has not.
        take_files(isagd);
        print_new();
    }

    void start(Logs& logs) {
        const std::string text = text_of(logs);
        printer_.print_some(tail_ ? last_lines(text, *tail_) : std::string_view(text));
        reader_ = std::make_unique<LogReader>();
        if (!logs.files.empty())
            reader_ = std::make_unique<LogReader>(std::move(logs.files.back()), logs.reply.sizes.back());
    }

    void print_new() {
        for (auto output = reader_->read(); !output.empty(); output = reader_->read()) {
            printer_.print_some(output);
            signals_.check();
        }
    }

    // With what isagd has begun a new file for.
    void print_new(Connection& isagd) {
        print_new();
        if (!rang_ || !reader_->needs_files()) return;
        take_files(isagd);
        print_new();
    }

    void take_files(Connection& isagd) {
        proto::LogsRequest request = request_;
        request.follow = false;
        Logs now = ask_logs(isagd, request, signals_);
        if (reader_->needs_files()) reader_->take(std::move(now.files));
    }

    // For what is printed: false once the stream has ended. A moment after something came it is time to look again,
    // since the stream leaves out what it has no room for.
    bool wait(const UniqueFd& stream) {
        constexpr int moment_ms = 300;
        char bytes[65536];
        pollfd fds[2] = {{stream.get(), POLLIN, 0}, {signals_.fd(), POLLIN, 0}};
        if (::poll(fds, 2, rang_ ? moment_ms : -1) < 0 && errno != EINTR)
            throw errno_error("cannot wait for the sandbox", errno);
        if (fds[1].revents != 0) signals_.check();
        rang_ = false;
        if (fds[0].revents == 0) return true;
        const ssize_t n = ::read(stream.get(), bytes, sizeof bytes);
        if (n < 0 && errno == EINTR) return true;
        rang_ = n > 0;
        return rang_;
    }

    proto::LogsRequest request_;
    std::optional<std::size_t> tail_;
    Signals& signals_;
    LogPrinter& printer_;
    Comeback comeback_;
    std::unique_ptr<LogReader> reader_;  // once the beginning is printed
    bool rang_ = false;                  // something came since the last look
};

}  // namespace

int logs_run(const Context& context, const Arguments& arguments) {
    proto::LogsRequest request;
    request.target = target_argument(context, arguments, 0);
    request.follow = arguments.has("follow");
    std::optional<std::size_t> tail;
    if (const auto given = arguments.find("tail"))
        tail = static_cast<std::size_t>(number_argument(*given, "--tail", 0, 1'000'000'000));
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    LogPrinter printer;
    if (request.follow) {
        LogFollower(request, tail, signals, printer).run(context);
        return 0;
    }
    const auto text = ask(context, [&](Connection& isagd) { return text_of(ask_logs(isagd, request, signals)); });
    printer.print_some(tail ? last_lines(text, *tail) : std::string_view(text));
    return 0;
}

}  // namespace isag
