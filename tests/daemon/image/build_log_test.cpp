// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/build_log.hpp"
#include <doctest/doctest.h>

using namespace isag::image;

namespace {

const std::vector<std::string> names = {"base image", "tools", "tools"};

}  // namespace

TEST_CASE("instructions get the name of the step comment above them") {
    const auto got = step_names(
        "# Made by isag\nFROM x\nUSER root\n\n# step: tools\nRUN a; \\\n    b\nENV C=d\n"
        "\n# step: agent 1.0\n# a remark\nCOPY a b\nRUN \\\n# not a comment here\n  x\n");
    const std::vector<std::string> expected = {"base image", "base image", "tools", "tools", "agent 1.0", "agent 1.0"};
    CHECK(got == expected);
}

TEST_CASE("announced steps become progress, Docker's and Podman's") {
    BuildLog log(names);
    auto progress = log.feed("Step 2/3 : RUN set -eu\n");
    REQUIRE(progress);
    CHECK(progress->step == 2);
    CHECK(progress->steps == 3);
    CHECK(progress->name == "tools");
    progress = log.feed("STEP 3/4: ENV C=d");
    REQUIRE(progress);
    CHECK(progress->step == 3);
    CHECK(progress->steps == 4);
    CHECK(log.now().step == 3);
}

TEST_CASE("the builder's own step for labels has a name too") {
    BuildLog log(names);
    CHECK(log.feed("Step 4/4 : LABEL isag.role=image")->name == "finish");
}

TEST_CASE("lines that only look like a step are output") {
    BuildLog log(names);
    for (const char* line : {"Step 2 of 3", "Step x/3 : a", "Step 2/x : a", "Step 0/3 : a", "Step 2/3", "Stepping",
                             "Step -1/3 : a", "Step 99999999999999999999/3 : a"})
        CHECK(!log.feed(line));
    CHECK(log.now().step == 0);
    CHECK(log.tail().starts_with("Step 2 of 3\n"));
}

TEST_CASE("the tail is without the colour that Docker's builder gives to stderr") {
    BuildLog log({});
    log.feed("\x1b[91mcurl: (6) no such host\n");
    log.feed("\x1b[0m\x1b[91mand again\n");
    log.feed("\x1b[0m\n");
    CHECK(log.tail() == "curl: (6) no such host\nand again");
}

TEST_CASE("the tail is the last lines, safe to print") {
    BuildLog log(names, 3);
    log.feed("one\r\n");
    log.feed("");
    log.feed("two");
    log.feed("\x1b[31mthree");
    log.feed("four");
    CHECK(log.tail() == "two\n\\x1b[31mthree\nfour");
}
