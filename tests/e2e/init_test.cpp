// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>

namespace isag {
using test::Home;

TEST_CASE("isag init writes a file that parses back, with every flag") {
    const Home home;
    const std::vector<std::vector<std::string>> flags{
        {}, {"--extended"}, {"--gpu"}, {"--vendor", "codex"}, {"--project", home.project().string()}};
    for (const auto& more : flags) {
        const std::string file = home.file("written.yaml").string();
        std::vector<std::string> words{"init", "-o", file, "--force"};
        words.insert(words.end(), more.begin(), more.end());
        const auto written = home.isag(words);
        CHECK_MESSAGE(written.status == 0, written.err);
        CHECK(written.out.starts_with("Wrote " + file));
        const auto checked = home.isag({"config", "check", "-c", file});
        CHECK_MESSAGE(checked.status == 0, checked.err);
    }
}

TEST_CASE("isag init leaves a file that is there alone, unless --force is given") {
    const Home home;
    const auto before = read_file(home.config()).value();
    const auto refused = home.isag({"init"});
    CHECK(refused.status == 1);
    CHECK(refused.err.find("--force") != std::string::npos);
    CHECK(read_file(home.config()).value() == before);
    CHECK(home.isag({"init", "--force"}).status == 0);
    CHECK(read_file(home.config()).value() != before);
}

TEST_CASE("errors of the configuration come all at once, each with its line and column") {
    const Home home;
    home.write(home.config(), "projct: .:/p:rw\nagent: {vendor: clod}\ncontainer:\n  memory: lots\n");
    const auto refused = home.run({"true"});
    CHECK(refused.status == 125);
    CHECK(refused.out == "");
    const std::string file = home.config();
    for (const auto& expected : {file + ":1:1: projct", file + ":2:17: agent.vendor", file + ":4:11: container.memory"})
        CHECK_MESSAGE(refused.err.find(expected) != std::string::npos, expected << " in " << refused.err);
    CHECK(refused.err.find("did you mean project?") != std::string::npos);
    CHECK(home.leftovers() == "");
}

}  // namespace isag
