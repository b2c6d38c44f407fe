// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/client/copy/copy_stage.hpp"
#include <chrono>
#include <csignal>
#include <doctest/doctest.h>
#include <unistd.h>

namespace isag {
using test::CopyStage;
namespace fs = std::filesystem;

TEST_CASE("a sandbox that answers with nonsense gets an error, and writes nothing") {
    CopyStage stage;
    fs::create_directory(stage.scratch / "bin");
    stage.path = (stage.scratch / "bin").string() + ":" + stage.path;
    const auto fake = [&](const std::string& program, const std::string& script) {
        write_file(stage.scratch / "bin" / program, "#!/bin/sh\n" + script + "\n", 0755);
    };
    stage.sh("echo f > inside/f; echo f > host/g");
    const std::string before = stage.sh("find host");
    for (const std::string script :
         {"exit 0", "exit 3", "printf '\\033[2J boo\\n' >&2; exit 2", "yes | head -c 100000",
          "head -c 100000 /dev/zero", "printf '\\037\\213\\010' ; head -c 100000 /dev/urandom",
          "tar -C / -P -c /etc/hostname 2>/dev/null | cat; exec 1>&-"}) {
        CAPTURE(script);
        fake("tar", "PATH=/usr/bin:/bin\n" + script);
        const auto done = stage.cp({"web:f", "x"});
        CHECK(done.status == 1);
        CHECK(done.err.find('\x1b') == std::string::npos);
        CHECK(stage.sh("find host") == before);
    }
    fake("tar", "echo 'tar: No space left on device' >&2; exit 2");
    const auto full = stage.cp({"g", "web:x"});
    CHECK(full.status == 1);
    CHECK(full.err ==
          "isag: web: tar: No space left on device\nisag: tar in the sandbox web ended with status 2: not all was "
          "copied\n  there is no room: files that it names above are cut off; 'isag exec web -- df -h .' tells how "
          "much there is\n");
    fake("tar", "/usr/bin/tar \"$@\" | head -c 2000; kill -9 $$");
    stage.sh("head -c 100000 /dev/urandom > inside/big");
    const auto broken = stage.cp({"web:big", "y"});
    CHECK(broken.err.find("tar in the sandbox web ended with status 137") != std::string::npos);
    CHECK(stage.sh("find host") == before);
    fake("tar", "kill -9 $$");
    const auto killed = stage.cp({"g", "web:x"});
    CHECK(killed.err ==
          "isag: tar in the sandbox web ended with status 137: not all was copied\n  it was killed: 'isag ps -a' tells "
          "whether the sandbox has ended meanwhile\n");
}

namespace {

// A tar inside that passes two megabytes of its stream on, says that it did, and waits until it may go on.
struct HaltingStage : CopyStage {
    HaltingStage() {
        fs::create_directory(scratch / "bin");
        path = (scratch / "bin").string() + ":" + path;
        const std::string folder = scratch.path().string();
        const std::string halt =
            "{ head -c 2000000; echo > " + folder + "/reached; read line < " + folder + "/go; cat; }";
        write_file(scratch / "bin/tar",
                   "#!/bin/sh\ntar=/usr/bin/tar\ncase $1 in\n--create) $tar \"$@\" | " + halt + " ;;\n*) " + halt +
                       " | $tar \"$@\" ;;\nesac\n",
                   0755);
        sh("mkfifo reached go; mkdir host/s inside/s; for d in host inside; do echo whole > $d/s/a; head -c 5000000 "
           "/dev/urandom > $d/s/b; echo last > $d/s/c; done");
    }
    // Interrupts that command in the middle and returns its exit status.
    int interrupted(const std::vector<std::string>& words) const {
        ChildOptions options;
        options.argv = {"/bin/sh", "-c", "cd \"$0\" && exec \"$@\"", host().string(), ISAG_PROGRAM, "cp"};
        options.argv.insert(options.argv.end(), words.begin(), words.end());
        options.env = environment;
        ChildProcess isag = ChildProcess::start(options);
        CHECK(sh("cat reached") == "\n");
        isag.signal(SIGINT);
        // Not before isag has closed its end, or has died: then the pipe inside ends there.
        const auto opens_in_time = [&] { return sh("timeout 20 sh -c 'echo > go' && echo opened") == "opened\n"; };
        CHECK(opens_in_time());
        return isag.wait().as_shell();
    }
};

}  // namespace

TEST_CASE("an interrupted copy to the host leaves whole files, and the signal is what isag dies of") {
    const HaltingStage stage;
    CHECK(stage.interrupted({"web:s", "t"}) == 130);
    // tar's order is the file system's: any of the others may have come before.
    CHECK(stage.sh("cd host/t && cat a c 2>/dev/null | grep -vx -e whole -e last; rm -f a c; find .") == ".\n");
}

TEST_CASE("an interrupted copy to a sandbox removes the file that was under way") {
    const HaltingStage stage;
    CHECK(stage.interrupted({"s", "web:t"}) == 130);
    CHECK(stage.sh("cd inside && find t | LC_ALL=C sort") == "t\nt/a\n");
    CHECK(stage.sh("cat inside/t/a") == "whole\n");
}

TEST_CASE("a tar inside that never ends holds up no signal") {
    CopyStage stage;
    fs::create_directory(stage.scratch / "bin");
    stage.path = (stage.scratch / "bin").string() + ":" + stage.path;
    stage.sh("mkfifo reached; head -c 5000000 /dev/urandom > host/f");
    const std::string reached = (stage.scratch / "reached").string();
    write_file(stage.scratch / "bin/tar", "#!/bin/sh\ntrap '' HUP TERM\necho > " + reached + "\nexec sleep 60\n", 0755);
    ChildOptions options;
    options.argv = {ISAG_PROGRAM, "cp", (stage.host() / "f").string(), "web:f"};
    options.env = stage.environment;
    ChildProcess isag = ChildProcess::start(options);
    CHECK(stage.sh("cat reached") == "\n");
    const auto begin = std::chrono::steady_clock::now();
    isag.signal(SIGTERM);
    CHECK(isag.wait().as_shell() == 128 + SIGTERM);
    CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(30));
}

TEST_CASE("a folder that can't be written, on either side, or entered: each error says what to do") {
    if (::geteuid() == 0) {
        MESSAGE("skipped: root writes everywhere");
        return;
    }
    const CopyStage stage;
    stage.sh(
        "mkdir -p host/closed/in inside/full; echo f > inside/f; echo f > host/f; echo f > host/closed/f; "
        "chmod 555 inside/full");
    const std::string to_host =
        "\n  is the folder that it goes to yours? 'chmod u+rwx' lets you write in it then; else copy to another one\n";
    const auto copied = [&](const std::string& mode, const std::vector<std::string>& words) {
        stage.sh("chmod " + mode + " host/closed");
        const auto done = stage.cp(words);
        stage.sh("chmod 755 host/closed");
        CHECK(done.status == 1);
        return done.err;
    };
    CHECK(copied("555", {"web:f", "closed"}) ==
          "isag: cannot copy 'f': cannot make a file: Permission denied" + to_host);
    CHECK(copied("444", {"web:f", "closed/new"}) ==
          "isag: cannot copy 'new': cannot open the folder that it goes to: Permission denied" + to_host);
    CHECK(
        copied("444", {"web:f", "closed/in/new"})
            .ends_with(
                "/closed/in: Permission denied\n  may you enter each folder on the way? 'ls -ld' tells whose it is\n"));
    CHECK(copied("0", {"closed/.", "web:"}) ==
          "isag: cannot open the folder that is to be copied: Permission denied\n  may you read it? 'ls -ld' tells "
          "whose it is\n");
    for (const std::string to : {"web:full", "web:full/new"})
        CHECK(copied("755", {"f", to})
                  .ends_with("not all was copied\n  what it said is above: the sandbox's user may not; 'isag exec web "
                             "-- ls -ld FOLDER' "
                             "tells who may\n"));
    stage.sh("chmod 755 inside/full");
}

}  // namespace isag
