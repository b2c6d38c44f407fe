// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/intake.hpp"
#include "common/file.hpp"
#include "tests/daemon/terminal/stage.hpp"
#include <csignal>
#include <fstream>
#include <random>
#include <sys/wait.h>

namespace isag::terminal {
namespace {

std::string text_of(const std::filesystem::path& log) {
    std::string out;
    for (int part = 1; const auto text = read_file(log / (std::to_string(part) + ".log")); ++part) out += *text;
    return out;
}

// An isagd, as far as a terminal needs one.
pid_t fork_isagd(const Terminal::Files& files, const UniqueFd& master) {
    const pid_t pid = ::fork();
    if (pid != 0) return pid;
    boost::asio::io_context context;
    const auto terminal = std::make_shared<Terminal>(context.get_executor(), files, proto::TerminalSize{24, 80});
    terminal->connect(master.duplicate());
    context.run();
    ::_exit(0);
}

}  // namespace

TEST_CASE("what a killed isagd had read is logged by the next one, once, and only what it had not logged") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    const auto intake = folder.path() / "intake";
    const Program program;
    set_nonblocking(program.master, true);
    for (const std::string logged : {"", "wo", "words"}) {
        CAPTURE(logged);
        std::filesystem::remove_all(path);
        OutputLog(path, intake).append("before ");
        program.print("words");
        Intake(intake).read(program.master.get(), {1, 7});  // and here it is killed
        std::ofstream(path / "1.log", std::ios::app) << logged;
        for (int i = 0; i < 2; ++i) OutputLog(path, intake);
        CHECK(text_of(path) == "before words");
    }
    std::ofstream(path / "2.log") << "a part that was begun since";
    OutputLog(path, intake);
    CHECK(text_of(path) == "before wordsa part that was begun since");
}

TEST_CASE("an intake that can't be made costs nothing but its purpose") {
    const test::TempFolder folder;
    const Program program;
    set_nonblocking(program.master, true);
    OutputLog log(folder.path() / "log", folder.path() / "missing" / "intake");
    program.print("words");
    CHECK(log.take(program.master.get()).output == "words");
    CHECK(log.take(program.master.get()).output.empty());
    CHECK(text_of(folder.path() / "log") == "words");
}

TEST_CASE("of what a program prints nothing is lost and nothing is logged twice, however often isagd is killed") {
    Stage stage;
    const Terminal::Files files{stage.folder / "log", stage.folder / "intake"};
    const Program program;
    std::mt19937 chance(1);
    std::string printed;
    for (int round = 0; round < 150; ++round) {
        const pid_t isagd = fork_isagd(files, program.master);
        const auto enough = printed.size() + std::uniform_int_distribution<std::size_t>(1, 4000)(chance);
        const auto deadline = Clock::now() + std::chrono::seconds(20);
        while (printed.size() < enough && Clock::now() < deadline) {
            const std::string line = std::to_string(printed.size()) + "\n";
            const ssize_t n = ::write(program.slave.get(), line.data(), line.size());
            printed += line.substr(0, static_cast<std::size_t>(std::max<ssize_t>(n, 0)));
        }
        ::kill(isagd, SIGKILL);
        ::waitpid(isagd, nullptr, 0);
    }
    stage.start();
    stage.terminal->connect(program.master.duplicate());
    stage.play([&]() -> boost::asio::awaitable<void> {
        co_await stage.until([&] { return text_of(files.log_folder).size() >= printed.size(); });
    });
    CHECK(text_of(files.log_folder) == printed);
}

}  // namespace isag::terminal
