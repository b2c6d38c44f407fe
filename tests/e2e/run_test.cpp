// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <random>

namespace isag {
using test::Home;

namespace {

std::string random_bytes(std::size_t size) {
    std::mt19937_64 random(20'240'229);
    std::string out(size, '\0');
    for (char& byte : out) byte = static_cast<char>(random());
    return out;
}

}  // namespace

TEST_CASE("isag run -- --version prints claude's version, and nothing else, on stdout") {
    const Home home;
    const auto ran = home.run({"--version"});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.out.ends_with(" (Claude Code)\n"));
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
    CHECK(ran.err.find("isag: artifacts: /") != std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("isag run -- --version prints codex's version where the vendor is codex") {
    const Home home("codex");
    const auto ran = home.run({"--version"});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.out.starts_with("codex-cli "));
    CHECK(std::count(ran.out.begin(), ran.out.end(), '\n') == 1);
    CHECK(home.stop_all() == "");
}

TEST_CASE("ten megabytes pass through stdin and stdout unchanged, and stderr stays apart") {
    const Home home;
    const std::string bytes = random_bytes(10'000'000);
    const auto ran = home.shell("echo to-stderr >&2; exec cat", bytes);
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.out.size() == bytes.size());
    CHECK((ran.out == bytes));
    CHECK(ran.err.ends_with("to-stderr\n"));
}

TEST_CASE("isag exits as the command inside does") {
    const Home home;
    CHECK(home.shell("exit 0").status == 0);
    CHECK(home.shell("exit 3").status == 3);
    CHECK(home.shell("kill -9 $$").status == 137);
    CHECK(home.shell("kill -TERM $$").status == 143);
    CHECK(home.run({"/etc/passwd"}).status == 126);
    CHECK(home.run({"no-such-command"}).status == 127);
    CHECK(home.isag({"run", "--no-such-option"}).status == 2);
    CHECK(home.isag({"run", "-c", "no-such-file.yaml"}).status == 125);
    CHECK(home.stop_all() == "");
}

TEST_CASE("a program that the kernel kills for its memory ends isag with 137, and isag says why") {
    const Home home;  // its limit is 512 MB
    const auto ran = home.run({"python3", "-c", "x = b'1' * 2_000_000_000"});
    CHECK(ran.status == 137);
    CHECK_MESSAGE(ran.err.find("ran out of memory") != std::string::npos, ran.err);
    const auto killed = home.shell("kill -9 $$");
    CHECK(killed.status == 137);
    CHECK(killed.err.find("memory") == std::string::npos);
}

TEST_CASE("without an engine isag says so and exits with 125") {
    Home home;
    home.environment["DOCKER_HOST"] = "unix://" + home.file("no-engine.sock").string();
    const auto ran = home.run({"true"});
    CHECK(ran.status == 125);
    CHECK(ran.err.find("no-engine.sock") != std::string::npos);
    CHECK(home.names().empty());
}

TEST_CASE("variables come from -e, env and env_files, and the working directory is the project") {
    const Home home("claude", "limit_network: null\nenv: {FROM_ENV: from env}\nenv_files: [../secrets.env]\n");
    home.write(home.file("secrets.env"), "FROM_FILE=from file\n");
    std::filesystem::permissions(home.file("secrets.env"), std::filesystem::perms(0600));
    const auto ran = home.isag({"run", "-e", "GIVEN=given here", "--", "sh", "-c",
                                "printf '%s\\n' \"$GIVEN\" \"$FROM_ENV\" \"$FROM_FILE\" \"$PWD\" \"$HOME\""});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.out == "given here\nfrom env\nfrom file\n/workspace/project\n/home/isag\n");
}

TEST_CASE("isag run --build-only and isag build make the image and start nothing") {
    const Home home;
    const auto built = home.isag({"build"});
    CHECK_MESSAGE(built.status == 0, built.err);
    CHECK(built.out.starts_with("isag/isag:"));
    const auto only = home.isag({"run", "--build-only"});
    CHECK_MESSAGE(only.status == 0, only.err);
    CHECK(only.out == "");
    CHECK(only.err.find("artifacts: ") != std::string::npos);
    CHECK(home.leftovers() == "");
}

TEST_CASE("--rebuild builds although the image is there, and a command then runs in it") {
    const Home home;
    const auto ran = home.isag({"run", "--rebuild", "--", "echo", "ran"});
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.err.find("isag: building isag/isag:") != std::string::npos);
    CHECK(ran.out == "ran\n");
}

TEST_CASE("with an unchanged configuration nothing is built") {
    const Home home;
    CHECK(home.run({"true"}).status == 0);
    const auto images = [] { return test::docker({"images", "-aq", "--no-trunc", "isag/isag"}).out; };
    const std::string before = images();
    const auto started = test::Clock::now();
    const auto ran = home.run({"true"});
    const auto took = test::Clock::now() - started;
    CHECK(ran.status == 0);
    CHECK(ran.err.find("building") == std::string::npos);
    CHECK(ran.err.find("image:") == std::string::npos);
    CHECK(images() == before);
    CHECK(took < std::chrono::seconds(5));
}

}  // namespace isag
