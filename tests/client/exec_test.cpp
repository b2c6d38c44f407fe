// SPDX-License-Identifier: Apache-2.0
#include "proto/session.hpp"
#include "tests/client/stage.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>
#include <optional>

namespace isag {
namespace {

using Words = std::vector<std::string>;

// What isagd is asked for; none where that is refused before.
std::optional<proto::ExecRequest> asked_for(const Words& arguments) {
    const test::Stage stage;
    std::optional<proto::ExecRequest> request;
    test::FakeDaemon daemon(stage.runtime(), [&](test::FakePeer& peer) {
        const auto message = peer.expect("exec");
        request = proto::from_json<proto::ExecRequest>(*message.payload, "exec").value();
        peer.fail(message, Error("that is enough"));
    });
    Words words{"exec"};
    words.insert(words.end(), arguments.begin(), arguments.end());
    const int status = stage.isag(words).status;
    CHECK(status == (request ? 125 : 2));
    return request;
}

}  // namespace

TEST_CASE("isag exec takes its options before the sandbox's name and behind it, and none from the command") {
    struct Row {
        Words given;
        Words argv;
        std::string variable = {};
    };
    const Row rows[] = {
        {{"web", "ls", "-la"}, {"ls", "-la"}},
        {{"web", "--", "ls", "-la"}, {"ls", "-la"}},
        {{"-iT", "web", "ls", "--", "-e"}, {"ls", "--", "-e"}},
        {{"web", "-iT", "--", "tty"}, {"tty"}},
        {{"web", "-e", "A=1", "--", "env", "-e"}, {"env", "-e"}, "1"},
        {{"-i", "web", "--env=A=2", "-T", "env"}, {"env"}, "2"},
        {{"web", "--", "--", "x"}, {"--", "x"}},
        {{"--", "web", "ls", "-l"}, {"ls", "-l"}},
        {{"--", "web", "--", "ls", "-l"}, {"ls", "-l"}},
    };
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const auto request = asked_for(row.given);
        REQUIRE(request);
        CHECK(request->target.name == "web");
        CHECK(request->argv == row.argv);
        CHECK(find(request->environment, "A").value_or("") == row.variable);
    }
    for (const Words& wrong :
         {Words{}, {"web"}, {"web", "-i"}, {"web", "--"}, {"web", "-x", "--", "ls"}, {"-e", "A B", "web", "env"}}) {
        CAPTURE(wrong);
        CHECK(!asked_for(wrong));
    }
}

}  // namespace isag
