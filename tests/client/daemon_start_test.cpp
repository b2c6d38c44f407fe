// SPDX-License-Identifier: Apache-2.0
#include "client/daemon_start.hpp"
#include "common/file.hpp"
#include "tests/client/stage.hpp"
#include <cerrno>
#include <csignal>
#include <doctest/doctest.h>
#include <string>
#include <sys/wait.h>
#include <unistd.h>

namespace isag {
using test::Stage;
namespace fs = std::filesystem;
namespace {

// A folder with isag and an isagd that is a shell script.
fs::path install(const Stage& stage, const std::string& script) {
    const fs::path folder = stage.scratch.path() / "bin";
    fs::create_directory(folder);
    fs::copy_file(ISAG_PROGRAM, folder / "isag");
    write_file(folder / "isagd", "#!/bin/sh\n" + script, 0755);
    return folder / "isag";
}

}  // namespace

TEST_CASE("a daemon that does not start is told of with the end of its log") {
    const Stage stage;
    const auto isag = install(stage, "echo one >&2; echo two >&2; exit 1\n");
    const auto done = test::run_program({isag.string(), "ps"}, stage.environment);
    const std::string log = (stage.scratch.path() / ".local/state/isag/isagd.log").string();
    CHECK(done.status == 1);
    CHECK(done.err == "isag: isagd did not start:\none\ntwo\n  its log: " + log + "\n");
    const auto again = test::run_program({isag.string(), "ps"}, stage.environment);
    CHECK(again.err == done.err);  // the log of before is not shown again
    CHECK(read_file(log).value() == "one\ntwo\none\ntwo\n");
}

TEST_CASE("a log that has grown large is put aside by the next start") {
    const Stage stage;
    const auto isag = install(stage, "echo new >&2; exit 1\n");
    const auto log = stage.scratch.path() / ".local/state/isag/isagd.log";
    test::run_program({isag.string(), "ps"}, stage.environment);
    fs::resize_file(log, (8 << 20) + 1);
    test::run_program({isag.string(), "ps"}, stage.environment);
    CHECK(read_file(log).value() == "new\n");
    CHECK(fs::file_size(log.string() + ".1") == (8 << 20) + 1);
}

TEST_CASE("only the last ten lines of a long log are shown") {
    const Stage stage;
    const auto isag = install(stage, "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $i >&2; done; exit 1\n");
    const auto done = test::run_program({isag.string(), "ps"}, stage.environment);
    CHECK(done.err.starts_with("isag: isagd did not start:\nline 3\nline 4\n"));
}

TEST_CASE("a daemon is started detached: its own session, nothing of ours but its log and the ready pipe") {
    const Stage stage;
    const auto isag = install(
        stage,
        "cut -d' ' -f6 /proc/$$/stat > $HOME/session; echo $$ > $HOME/pid\n"
        "fds=$(readlink /proc/$$/fd/0 /proc/$$/fd/1 /proc/$$/fd/2); echo \"$fds\" > $HOME/fds; echo $* >> $HOME/fds\n"
        "printf R >&3\n");
    const auto done = test::run_program({isag.string(), "ps", "-v"}, stage.environment);
    const auto home = stage.scratch.path();
    CHECK(done.status == 1);  // this one does not listen
    CHECK(done.err.starts_with("isag: started isagd\nisag: isagd was started and does not listen on "));
    CHECK(read_file(home / "session").value() == read_file(home / "pid").value());
    CHECK(read_file(home / "fds").value() ==
          "/dev/null\n/dev/null\n" + (home / ".local/state/isag/isagd.log").string() + "\n--ready-fd 3\n");
}

TEST_CASE("a client that goes on is not the parent of the daemon that it started, which so leaves no zombie") {
    Stage stage;
    const fs::path program = install(stage, "echo $$ > $HOME/pid; printf R >&3; exec sleep 1000\n");
    stage.environment["PATH"] = program.parent_path().string() + ":/usr/bin:/bin";
    const Context context{stage.environment, find_directories(stage.environment, ::geteuid()), false};
    CHECK_THROWS_AS(start_daemon(context), DaemonNotStarted);  // this one does not listen
    const pid_t pid = std::stoi(read_file(stage.scratch.path() / "pid").value());
    CHECK(::kill(pid, 0) == 0);
    CHECK(::waitpid(pid, nullptr, WNOHANG) == -1);
    CHECK(errno == ECHILD);
    ::kill(pid, SIGKILL);
}

TEST_CASE("the log is the journal where systemd starts the daemon, else the file that is ours") {
    const test::TempFolder scratch;
    Environment environment{{"HOME", scratch.path().string()}, {"XDG_RUNTIME_DIR", (scratch.path() / "run").string()}};
    const auto log = [&] { return daemon_log(environment, find_directories(environment, 0)); };
    const fs::path file = scratch.path() / ".local/state/isag/isagd.log";
    CHECK(log() == file.string());
    fs::create_directories(scratch.path() / ".config/systemd/user");
    write_file(scratch.path() / ".config/systemd/user/isagd.service", "");
    CHECK(log() == file.string());
    fs::create_directories(scratch.path() / "run/systemd/private");
    CHECK(log() == "journalctl --user -u isagd");
    environment["XDG_STATE_HOME"] = "/elsewhere";
    fs::remove_all(scratch.path() / "run");
    CHECK(log() == "/elsewhere/isag/isagd.log");
}

TEST_CASE("isagd is found beside isag, in ../bin, then in PATH") {
    const test::TempFolder scratch;
    const auto& root = scratch.path();
    for (const char* folder : {"bin", "libexec", "path"}) fs::create_directory(root / folder);
    Environment environment{{"PATH", "relative::" + (root / "path").string()}};
    CHECK(!find_daemon(environment, root / "libexec"));
    write_file(root / "path/isagd", "", 0644);
    CHECK(!find_daemon(environment, root / "libexec"));
    fs::permissions(root / "path/isagd", fs::perms(0755));
    CHECK(find_daemon(environment, root / "libexec") == root / "path/isagd");
    write_file(root / "bin/isagd", "", 0755);
    CHECK(find_daemon(environment, root / "libexec") == root / "bin/isagd");
    write_file(root / "libexec/isagd", "", 0755);
    CHECK(find_daemon(environment, root / "libexec") == root / "libexec/isagd");
}

TEST_CASE("the unit is looked for where systemd does, and beside a private installation") {
    const test::TempFolder scratch;
    const Environment environment{{"HOME", scratch.path().string()},
                                  {"XDG_DATA_HOME", (scratch.path() / "data").string()}};
    const auto directories = find_directories(environment, 0);
    const fs::path places[] = {scratch.path() / "prefix/lib/systemd/user", scratch.path() / "data/systemd/user",
                               scratch.path() / ".config/systemd/user"};
    for (const auto& place : places) {
        fs::create_directories(place);
        write_file(place / "isagd.service", "");
        CHECK(find_unit(environment, directories, scratch.path() / "prefix/bin") == place / "isagd.service");
    }
}

}  // namespace isag
