// SPDX-License-Identifier: Apache-2.0
#include "client/cli.hpp"
#include "client/commands.hpp"
#include "client/env_option.hpp"
#include "client/exit_status.hpp"
#include "client/nearest.hpp"
#include "client/select.hpp"
#include "common/error.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

using Words = std::vector<std::string>;

Syntax sample(Operands kind) {
    return {.command = "sample",
            .summary = "Does nothing.",
            .operands = "[ARG…]",
            .kind = kind,
            .options = {{.name = "config", .letter = 'c', .value = "FILE", .help = "the file", .fallback = "isag.yaml"},
                        {.name = "env", .letter = 'e', .value = "K=V", .help = "a variable", .many = true},
                        {.name = "rebuild", .help = "build"},
                        {.name = "name", .value = "NAME", .help = "a name"}},
            .examples = {"isag sample"}};
}

Arguments parse(const Words& words, Operands kind = Operands::rest) { return parse_arguments(sample(kind), words); }

Error refused(const Words& words, Operands kind = Operands::rest) {
    try {
        parse(words, kind);
    } catch (const Error& e) {
        return e;
    }
    return Error("not refused");
}

}  // namespace

TEST_CASE("a name may stand before options and between them; the second operand ends them") {
    struct NameRow {
        Words given;
        std::optional<std::string> name;
        Words operands;
        std::size_t variables = 0;
    };
    const NameRow rows[] = {
        {{}, {}, {}},
        {{"web"}, "web", {}},
        {{"-e", "A", "web"}, "web", {}, 1},
        {{"web", "-e", "A"}, "web", {}, 1},
        {{"web", "-e", "A", "ls", "-e", "B"}, "web", {"ls", "-e", "B"}, 1},
        {{"-e", "A", "web", "-eB", "--", "-e", "C"}, "web", {"-e", "C"}, 2},
        {{"--", "ls", "-l"}, {}, {"ls", "-l"}},
        {{"-e", "A", "--", "ls"}, {}, {"ls"}, 1},
        {{"--container", "web", "ls", "-l"}, {}, {"ls", "-l"}},
        {{"--container=web", "-e", "A", "ls", "--", "-l"}, {}, {"ls", "--", "-l"}, 1},
        {{"--container=web", "--", "ls"}, {}, {"ls"}},
        {{"web", "--container", "api", "ls"}, "web", {"ls"}},
    };
    auto syntax = sample(Operands::name);
    syntax.options.push_back({.name = "container", .value = "NAME", .help = "a name", .is_name = true});
    for (const auto& row : rows) {
        CAPTURE(row.given);
        const auto parsed = parse_arguments(syntax, row.given);
        CHECK(parsed.name() == row.name);
        CHECK(parsed.operands() == row.operands);
        CHECK(parsed.all("env").size() == row.variables);
    }
}

TEST_CASE("options end at the first operand, and what follows -- is left untouched") {
    struct Row {
        Words given;
        Words operands;
    };
    const Row rows[] = {
        {{}, {}},
        {{"--"}, {}},
        {{"bash"}, {"bash"}},
        {{"bash", "-c", "id"}, {"bash", "-c", "id"}},
        {{"--", "-p", "x"}, {"-p", "x"}},
        {{"--", "--", "-p"}, {"--", "-p"}},
        {{"bash", "--", "x"}, {"bash", "--", "x"}},
        {{"-c", "a", "bash", "-c", "b"}, {"bash", "-c", "b"}},
        {{"--config=a", "-"}, {"-"}},
        {{"-ca", "", "x"}, {"", "x"}},
        {{"-vc", "a", "x"}, {"x"}},
        {{"--name", "rebuild", "--rebuild", "x"}, {"x"}},
        {{"-e", "A=1", "-eB=2", "--env", "C", "--env=D=--", "--", "--help"}, {"--help"}},
    };
    for (const auto& row : rows) {
        std::string shown;
        for (const auto& word : row.given) shown += word + " ";
        CAPTURE(shown);
        CHECK(parse(row.given).operands() == row.operands);
    }
}

TEST_CASE("options carry their values, the last of several, or what the table says") {
    CHECK(parse({}).value("config") == "isag.yaml");
    CHECK(!parse({}).has("config"));
    CHECK(!parse({}).find("config"));
    CHECK(parse({"-c", "a", "--config", "b"}).value("config") == "b");
    CHECK(parse({"-cx=y"}).value("config") == "x=y");
    CHECK(parse({"--config=", "--name=x"}).find("config") == "");
    CHECK(parse({"--name", "rebuild"}).value("name") == "rebuild");
    CHECK(!parse({"--name", "rebuild"}).has("rebuild"));
    CHECK(parse({"--name", "--rebuild"}).value("name") == "--rebuild");  // as getopt(3) does
    CHECK(parse({"--rebuild", "-v"}).has("rebuild"));
    CHECK(parse({"--rebuild", "-v"}).has("verbose"));
    CHECK(parse({"-e", "A=1", "-eB=2", "--env", "C"}).all("env") == Words{"A=1", "B=2", "C"});
    CHECK(parse({"--", "--rebuild"}).has("rebuild") == false);
}

TEST_CASE("operands may stand between options where a command says so") {
    const auto arguments = parse({"a", "--rebuild", "b", "--", "-c"}, Operands::any);
    CHECK(arguments.operands() == Words{"a", "b", "-c"});
    CHECK(arguments.has("rebuild"));
}

TEST_CASE("wrong usage is refused with what was meant, as far as that is known") {
    CHECK(refused({"--rebiuld"}).message() == "unknown option '--rebiuld'");
    CHECK(refused({"--rebiuld"}).hint().starts_with("did you mean '--rebuild'?"));
    CHECK(refused({"--rebuil"}).message() == "unknown option '--rebuil'");  // nothing is guessed
    CHECK(refused({"-x"}).message() == "unknown option '-x'");
    CHECK(refused({"--xyz=1"}).kind() == ErrorKind::usage);
    CHECK(refused({"-c"}).kind() == ErrorKind::usage);
    CHECK(refused({"--rebuild=yes"}).kind() == ErrorKind::usage);
    CHECK(refused({"--rebuild="}).kind() == ErrorKind::usage);
    CHECK(refused({"x"}, Operands::none).message() == "unexpected argument 'x'");
    CHECK(refused({"--", "x"}, Operands::none).kind() == ErrorKind::usage);
}

TEST_CASE("where another program knows more options, the hint tells of it, unless one of ours is alike") {
    auto syntax = sample(Operands::rest);
    syntax.elsewhere = "ask another";
    const auto hint = [&](const Words& words) {
        try {
            parse_arguments(syntax, words);
        } catch (const Error& e) {
            return e.hint();
        }
        return std::string("not refused");
    };
    CHECK(hint({"-x"}).starts_with("ask another; "));
    CHECK(hint({"-xc", "file"}).starts_with("ask another; "));
    CHECK(hint({"--xyz"}).starts_with("ask another; "));
    CHECK(hint({"--rebiuld"}).starts_with("did you mean '--rebuild'?"));
}

TEST_CASE("numbers have bounds") {
    CHECK(number_argument("0", "--time", 0, 10) == 0);
    CHECK(number_argument("10", "--time", 0, 10) == 10);
    for (const char* text : {"", "11", "-1", "1s", " 1", "0x1", "99999999999999999999"}) {
        CAPTURE(text);
        CHECK_THROWS_AS(number_argument(text, "--time", 0, 10), Error);
    }
}

TEST_CASE("every command's help has its usage, each option with its default, and an example") {
    for (const auto& command : commands()) {
        const Syntax syntax = command.syntax();
        CAPTURE(syntax.command);
        const std::string help = help_text(syntax);
        CHECK(syntax.command == command.name);
        CHECK(help.starts_with("Usage: isag " + syntax.command + " "));
        CHECK(!syntax.examples.empty());
        for (const auto& option : all_options(syntax)) {
            CHECK(help.find("--" + option.name) != std::string::npos);
            CHECK(!option.help.empty());
            if (!option.fallback.empty()) CHECK(help.find("(default: " + option.fallback + ")") != std::string::npos);
        }
        CHECK(overview().find(command.summary) != std::string::npos);
    }
}

TEST_CASE("commands are found by one word or two") {
    CHECK(std::string(find_command({"run", "x"}).command->name) == "run");
    CHECK(find_command({"run", "check"}).words == 1);
    CHECK(std::string(find_command({"config", "check", "x"}).command->name) == "config check");
    CHECK(find_command({"config", "check"}).words == 2);
    for (const Words& wrong : {Words{"rnu"}, Words{"config"}, Words{"config", "chekc"}, Words{"--foo"}, Words{""}})
        CHECK_THROWS_AS(find_command(wrong), Error);
}

TEST_CASE("a slip of the finger is recognized, another word is not") {
    const Words known{"build", "config", "init", "ps", "run", "stop"};
    CHECK(nearest("rnu", known) == "run");
    CHECK(nearest("biuld", known) == "build");
    CHECK(nearest("conifg", known) == "config");
    CHECK(nearest("sp", known) == "ps");
    CHECK(!nearest("kubernetes", known));
    CHECK(!nearest("prune", known));
    CHECK(!nearest("bogus", known));
    CHECK(!nearest("frobnicate", known));
}

TEST_CASE("exit statuses are those of the contract") {
    const auto exited = [](std::optional<std::int64_t> code, std::optional<std::int64_t> signal) {
        proto::Exited out;
        out.code = code;
        out.signal = signal;
        return exit_status(out);
    };
    CHECK(exited(0, {}) == 0);
    CHECK(exited(255, {}) == 255);
    CHECK(exited({}, 9) == 137);
    CHECK(exited({}, 15) == 143);
    CHECK(exit_status(ErrorKind::failed, true) == 125);
    CHECK(exit_status(ErrorKind::cancelled, true) == 125);
    CHECK(exit_status(ErrorKind::not_executable, true) == 126);
    CHECK(exit_status(ErrorKind::not_found, true) == 127);
    CHECK(exit_status(ErrorKind::usage, true) == 2);
    CHECK(exit_status(ErrorKind::usage, false) == 2);
    CHECK(exit_status(ErrorKind::failed, false) == 1);
    CHECK(exit_status(ErrorKind::not_found, false) == 1);
}

TEST_CASE("-e sets a variable, or passes one on where there is one") {
    const Environment own{{"HERE", "1"}};
    const Environment wanted{{"A", "b=c"}, {"EMPTY", ""}, {"HERE", "1"}};
    CHECK(extra_environment({"A=x", "A=b=c", "EMPTY=", "HERE", "NOT_HERE"}, own) == wanted);
    CHECK_THROWS_AS(extra_environment({"=x"}, own), Error);
    CHECK_THROWS_AS(extra_environment({"A B"}, own), Error);
    CHECK_THROWS_AS(extra_environment({"A\n"}, own), Error);
    CHECK(extra_environment({"A B=1"}, own) == Environment{{"A B", "1"}});  // as docker does
    CHECK_THROWS_AS(extra_environment({""}, own), Error);
}

TEST_CASE("where no name is given, the configuration's only sandbox is meant") {
    std::vector<proto::SandboxInfo> all(3);
    all[0].name = "web";
    all[0].config = "/a/isag.yaml";
    all[1].name = "web-2";
    all[1].config = "/b/isag.yaml";
    all[2].name = "web-3";
    all[2].config = "/b/isag.yaml";
    CHECK(only_sandbox_of(all, "/a/isag.yaml") == "web");
    CHECK_THROWS_WITH(only_sandbox_of(all, "/b/isag.yaml"),
                      "several sandboxes of /b/isag.yaml are running: web-2, web-3");
    CHECK_THROWS_WITH(only_sandbox_of(all, "/c/isag.yaml"), "no sandbox of /c/isag.yaml is running");
}

}  // namespace isag
