// SPDX-License-Identifier: Apache-2.0
#include "client/forward/host_listener.hpp"
#include "common/file.hpp"
#include "tests/client/forward/fake_sandbox.hpp"
#include <doctest/doctest.h>
#include <filesystem>
#include <sys/stat.h>

// Where isag ssh listens for its forwards.
namespace isag {
namespace fs = std::filesystem;
using test::connect_or_throw;
using test::connect_to_path;
using test::exchange;
using test::ForwardStage;
using test::Server;
using test::to_port;

TEST_CASE("-L listens on 127.0.0.1 and ::1 and nowhere else, unless it is told to") {
    ForwardStage stage({"-L", to_port(1), "-L", "*:0:localhost:1"});
    const auto listens = [&](const std::string& address, std::size_t place) {
        const std::string port = std::to_string(stage.port(place));
        const auto done =
            test::run_program({"ss", "-Hltn", "src = " + address + " and sport = :" + port}, stage.stage.environment);
        return !done.out.empty();
    };
    CHECK(listens("127.0.0.1", 0));
    CHECK(listens("[::1]", 0));
    CHECK(!listens("0.0.0.0", 0));
    CHECK(!listens("[::]", 0));
    CHECK(listens("0.0.0.0", 1));
    CHECK(listens("[::]", 1));
    stage.isag().expect("Allocated port " + std::to_string(stage.port(0)) + " for local forward to localhost:1\n");
}

TEST_CASE("a port that is taken is an error that names it and its holder, and nothing is forwarded") {
    const test::Stage stage;
    const auto held = test::listen_on_loopback();
    const auto done =
        stage.isag({"ssh", "fake", "-N", "-L", to_port(1), "-L", std::to_string(held.port) + ":localhost:80"});
    CHECK(done.status == 125);
    const std::string holder = " is in use by test_client (process " + std::to_string(::getpid()) + ")\n";
    CHECK_MESSAGE(
        done.err.find("isag: -L: port " + std::to_string(held.port) + " of 127.0.0.1" + holder) != std::string::npos,
        done.err);
    CHECK(done.err.find("\n  choose another port, or 0 for any that is free\n") != std::string::npos);
    CHECK(done.err.find("Allocated") == std::string::npos);
    CHECK(stage.isag({"ssh", "fake", "-N", "-D", std::to_string(held.port)}).err.starts_with("isag: -D: port "));
    const auto nowhere = stage.isag({"ssh", "fake", "-N", "-L", "/none/there:localhost:80"});
    CHECK(nowhere.err == "isag: -L: /none/there cannot be made: there is no such folder\n  make the folder first\n");
}

TEST_CASE("a port that another isag holds is told so, with who knows where it leads") {
    ForwardStage stage({"-L", to_port(1)});
    const auto port = std::to_string(stage.port());
    const auto done = test::Stage().isag({"ssh", "fake", "-N", "-L", port + ":localhost:80"});
    CHECK(done.status == 125);
    CHECK_MESSAGE(done.err.find(" is in use by isag (process ") != std::string::npos, done.err);
    CHECK(done.err.find("\n  'isag ports' tells where it leads; choose another port, or 0 for any that is free\n") !=
          std::string::npos);
}

TEST_CASE("a port that two forwards of one command want is told so") {
    const test::Stage stage;
    const auto free = std::to_string(test::listen_on_loopback().port);
    const auto done = stage.isag({"ssh", "fake", "-N", "-L", free + ":localhost:80", "-D", free});
    CHECK_MESSAGE(done.err.find("-D: port " + free + " of 127.0.0.1 is in use by another forward of this command\n") !=
                      std::string::npos,
                  done.err);
}

TEST_CASE("unix sockets on both sides: only their owner may connect, and the file goes with the forward") {
    const test::TempFolder folder;
    const std::string inside = folder / "inside.sock";
    const std::string here = folder / "here.sock";
    const Server server(test::echo, test::listen_on_path(inside));
    {
        ForwardStage stage({"-L", here + ":" + inside, "-L", "0:" + inside});
        struct stat info {};
        REQUIRE(::stat(here.c_str(), &info) == 0);
        CHECK((info.st_mode & 0777) == 0600);
        CHECK(exchange(connect_to_path(here), "by path", 1) == "by path");
        CHECK(exchange(connect_or_throw(stage.port(1)), "by port", 1) == "by port");
        const auto second = stage.stage.isag({"ssh", "fake", "-N", "-L", here + ":localhost:80"});
        CHECK(second.err == "isag: -L: " + here + " exists already\n  choose another path\n");
        stage.isag().signal(SIGINT);
        CHECK(stage.isag().wait() == 128 + SIGINT);
    }
    CHECK(!std::filesystem::exists(here));
    test::listen_on_path(here);  // and nobody listens there from then on
    const auto abandoned = test::Stage().isag({"ssh", "fake", "-N", "-L", here + ":localhost:80"});
    CHECK(abandoned.err == "isag: -L: " + here + " exists already\n  nobody listens there any more: remove it\n");
}

TEST_CASE("-L at a path: no link on the way is followed, whose target is named, unless root alone can have made it") {
    const test::TempFolder folder;
    fs::create_directories(folder / "elsewhere/deep");
    fs::create_directory(folder / "project");
    fs::create_directory_symlink(folder / "elsewhere", folder / "project/out");
    fs::permissions(folder / "project", fs::perms::all);  // so that not only root can have made it
    const std::string link = folder / "project/out";
    const test::Stage stage;
    for (const std::string end : {"/x.sock", "/deep/x.sock", "//./x.sock"}) {
        CAPTURE(end);
        const auto done = stage.isag({"ssh", "fake", "-N", "-L", link + end + ":localhost:80"});
        CHECK(done.status == 125);
        CHECK_MESSAGE(
            done.err.find("cannot be made: " + link + " is a symbolic link to " + (folder / "elsewhere").string() +
                          "\n  name the place itself: isag follows no link, since an agent could have "
                          "changed it\n") != std::string::npos,
            done.err);
    }
    CHECK(fs::is_empty(folder / "elsewhere/deep"));
    CHECK(std::distance(fs::directory_iterator(folder / "elsewhere"), fs::directory_iterator()) == 1);
    CHECK_NOTHROW(forward::HostListener({"", 0, folder / "project/../elsewhere/x.sock"}, "-L"));
    fs::create_directory_symlink("elsewhere", folder / "link");
    if (::geteuid() == 0)
        CHECK_NOTHROW(forward::HostListener({"", 0, folder / "link/x.sock"}, "-L"));
    else
        CHECK_THROWS_AS(forward::HostListener({"", 0, folder / "link/x.sock"}, "-L"), Error);
}

TEST_CASE("-L at a path goes on in the folder that was opened, whatever takes that one's place") {
    const test::TempFolder folder;
    fs::create_directories(folder / "elsewhere");
    fs::create_directory(folder / "project");
    {
        forward::HostListener listener({"", 0, folder / "project/x.sock"}, "-L");
        fs::rename(folder / "project", folder / "moved");
        fs::create_directory_symlink(folder / "elsewhere", folder / "project");
        write_file(folder / "elsewhere/x.sock", "not ours");
        CHECK(connect_to_path(folder / "moved/x.sock"));
    }
    CHECK(!fs::exists(folder / "moved/x.sock"));
    CHECK(fs::exists(folder / "elsewhere/x.sock"));
}

TEST_CASE("-L at a path that can't be: the error says what to do") {
    const test::TempFolder folder;
    const auto refusal = [&](const std::string& path) {
        try {
            const forward::HostListener listener({"", 0, path}, "-L");
        } catch (const Error& error) {
            return error.message() + "\n" + error.hint();
        }
        return std::string("listens");
    };
    const std::string here = folder.path();
    CHECK(refusal(here + "/") == "-L: " + here + "/ names a folder\nname the socket in it that is to be made");
    CHECK(refusal(here) == "-L: " + here + " exists already\nchoose another path");
    const std::string name(100, 'x');
    const auto long_one = refusal("/tmp/" + name);
    CHECK(long_one.starts_with("-L: /tmp/" + name + " has too long a name\nchoose one of at most "));
    write_file(folder / "file", "");
    CHECK(refusal(here + "/file/x.sock") ==
          "-L: " + here + "/file/x.sock cannot be made: Not a directory\nchoose a folder that you may write in");
    CHECK(refusal("/proc/x.sock").ends_with("\nchoose a folder that you may write in"));
}

}  // namespace isag
