// SPDX-License-Identifier: Apache-2.0
#include "client/exec_shell.hpp"
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

TEST_CASE("a shell without sshd: the words are one command line, as ssh has it") {
    using Words = std::vector<std::string>;
    CHECK(login_words({"ls", "-l", "a b"}) == Words{"sh", "-lc", "ls -l a b"});
    const auto shell = login_words({});
    REQUIRE(shell.size() == 3);
    CHECK(shell[0] == "sh");
}

}  // namespace isag
