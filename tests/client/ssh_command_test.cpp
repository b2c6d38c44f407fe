// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::Stage;

TEST_CASE("isag ssh: wrong usage needs no daemon") {
    const Stage stage;
    const std::vector<std::string> rows[] = {
        {"-t", "-T"},
        {"-N", "web", "ls"},
        {"-L", "x"},
        {"-R", "1080"},
        {"-D", "x"},
        {"--container", "a", "-N", "ls"},
        {"web", "-N", "--container", "a"},
        {""},
    };
    for (const auto& row : rows) {
        CAPTURE(row);
        std::vector<std::string> words{"ssh"};
        words.insert(words.end(), row.begin(), row.end());
        const auto done = stage.isag(words);
        CHECK(done.status == 2);
        CHECK(done.err.starts_with("isag: "));
    }
    CHECK(!std::filesystem::exists(stage.runtime() / "isag"));
}

TEST_CASE("isag ssh: an image without sshd gets its shell by exec, with a note") {
    const Stage stage;
    test::FakeDaemon daemon(stage.runtime(), [](test::FakePeer& peer) {
        const auto method = peer.receive();
        REQUIRE(method);
        if (method->method == "ssh")
            return peer.fail(*method, Error("the sandbox's image has no sshd", {}, ErrorKind::not_found));
        CHECK(method->method == "exec");
        const auto request = proto::from_json<proto::ExecRequest>(*method->payload, "exec").value();
        CHECK(request.argv == login_words({"echo", "hello"}));
        peer.fail(*method, Error("that is enough"));
    });
    const auto done = stage.isag({"ssh", "web", "echo", "hello"});
    CHECK(done.status == 125);
    CHECK(done.err.find("isag: the sandbox's image has no sshd; going in as 'isag exec' does\n") != std::string::npos);
    CHECK(done.err.find("that is enough") != std::string::npos);
    CHECK(daemon.failure() == "");
}

TEST_CASE("a shell without sshd: in the home, with the image's PATH, as one of sshd's") {
    const test::TempFolder home;
    const Environment image{{"HOME", home.path()}, {"PATH", "/opt/image/bin:/usr/bin:/bin"}};
    const auto command = test::run_program(login_words({"pwd;", "echo", "$PATH"}), image);
    CHECK(command.out == home.path().string() + "\n/opt/image/bin:/usr/bin:/bin\n");
    const auto shell = test::run_program(login_words({}), image, "pwd; echo $ISAG_PATH\n");
    CHECK(shell.out.ends_with(home.path().string() + "\n/opt/image/bin:/usr/bin:/bin\n"));
}

TEST_CASE("a shell without sshd: the words are one command line, as ssh has it") {
    const auto command = login_words({"ls", "-l", "a b"});
    REQUIRE(command.size() == 5);
    CHECK(command.back() == "ls -l a b");
    const auto shell = login_words({});
    REQUIRE(shell.size() == 3);
    CHECK(shell[0] == "sh");
}

}  // namespace isag
