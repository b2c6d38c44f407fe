// SPDX-License-Identifier: Apache-2.0
#include "common/descriptor_limit.hpp"
#include "common/log_error.hpp"
#include "common/log_format.hpp"
#include "common/version.hpp"
#include "daemon/api/daemon.hpp"
#include "daemon/api/server.hpp"
#include "daemon/api/ssh_config.hpp"
#include "daemon/lifetime.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/program_options.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <malloc.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace asio = boost::asio;
namespace po = boost::program_options;
using namespace isag;

namespace {

struct Options {
    int ready_fd = -1;
    std::string log_level;
};

po::options_description described() {
    po::options_description options(
        "Usage: isagd [OPTION...]\n\nOwns the sandboxes of one user; isag talks to it, and starts it where none "
        "runs.\n\n"
        "Options");
    auto add = options.add_options();
    add("help,h", "show this help");
    add("version", "print the version");
    add("ready-fd", po::value<int>()->default_value(-1), "write 'R' to this descriptor once clients are served");
    add("log-level", po::value<std::string>()->default_value("info"), "debug, info, warn or error");
    return options;
}

// What an earlier isagd left, and the ssh entries of those that still run.
asio::awaitable<void> take_over(api::Daemon& daemon) {
    co_await daemon.registry.adopt();
    api::write_ssh_config(daemon);
}

// Serves until SIGTERM or SIGINT; sandboxes that run then go on, and the next isagd takes them over.
asio::awaitable<void> serve_until_signal(const Directories& directories, const Options& options) {
    const auto executor = co_await asio::this_coro::executor;
    asio::signal_set signals(executor, SIGTERM, SIGINT, SIGHUP);
    api::Daemon daemon(executor, directories, current_environment(),
                       {find_init_program(), find_cover_program(), find_gate_archive()});
    auto acceptor = open_listener(executor, directories);
    TaskGroup clients(executor, log_unless_cancelled);
    clients.spawn(api::accept_clients(daemon, acceptor, clients));
    daemon.registry.load();
    daemon.background.spawn(take_over(daemon));
    tell_ready(options.ready_fd);
    int number = 0;
    while ((number = co_await signals.async_wait(asio::use_awaitable)) == SIGHUP) daemon.reload();

    spdlog::info("ending on {}", ::strsignal(number));
    tell_stopping();
    acceptor.close();  // who calls now finds nobody, and starts the next isagd instead of waiting for this one
    daemon.registry.leave_running();
    clients.cancel();
    daemon.background.cancel();
    co_await clients.join();
    co_await daemon.background.join();
    co_await daemon.registry.shutdown();
}

spdlog::level::level_enum level_in(const std::string& text) {
    const auto level = spdlog::level::from_str(text);
    if (level == spdlog::level::off && text != "off")
        throw Error("'" + text + "' is no log level", "it is debug, info, warn or error", ErrorKind::usage);
    return level;
}

void run(const Options& options) {
    const auto level = level_in(options.log_level);
    spdlog::set_default_logger(spdlog::stderr_color_st("isagd"));
    spdlog::set_formatter(log_format(::getenv("JOURNAL_STREAM") ? "%L %*" : "%Y-%m-%d %H:%M:%S.%e %^%L%$ %*"));
    spdlog::set_level(level);
    ::umask(077);  // what others may read gets its mode by name
    if (::chdir("/") != 0) spdlog::warn("cannot leave the folder that isagd was started in");
    ::signal(SIGPIPE, SIG_IGN);
    raise_descriptor_limit();   // connections of published ports take several each
    ::mallopt(M_ARENA_MAX, 1);  // one thread does the work
    const auto directories = find_directories(current_environment(), ::getuid());
    const auto lock = lock_instance(directories);
    asio::io_context context(1);
    std::exception_ptr failed;
    asio::co_spawn(context, serve_until_signal(directories, options),
                   [&](std::exception_ptr error) { failed = error; });
    context.run();
    if (failed) std::rethrow_exception(failed);
}

}  // namespace

int main(int argc, char** argv) {
    try {
        po::variables_map given;
        po::store(po::parse_command_line(argc, argv, described()), given);
        if (given.contains("help")) return std::cout << described() << "\nExample:\n  isagd --log-level debug\n", 0;
        if (given.contains("version")) return std::cout << "isag " << version << "\n", 0;
        run({given["ready-fd"].as<int>(), given["log-level"].as<std::string>()});
        return 0;
    } catch (const Error& error) {
        std::fprintf(stderr, "isagd: %s\n", error.message().c_str());
        if (!error.hint().empty()) std::fprintf(stderr, "  %s\n", error.hint().c_str());
        return error.kind() == ErrorKind::usage ? 2 : 1;
    } catch (const po::error& error) {
        std::fprintf(stderr, "isagd: %s\n  'isagd --help' lists the options\n", error.what());
        return 2;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "isagd: %s\n", error.what());
    }
    return 1;
}
