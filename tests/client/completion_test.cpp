// SPDX-License-Identifier: Apache-2.0
#include "client/completion.hpp"
#include "client/completion_script.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

Command command(const char* name, Syntax (*syntax)()) {
    return {name, "does something", syntax, [](const Context&, const Arguments&) { return 0; }};
}

const std::vector<Command>& small_table() {
    static const std::vector<Command> table{
        command("config show", [] { return Syntax{.command = "config show", .summary = ""}; }),
        command("cp",
                [] { return Syntax{.command = "cp", .summary = "", .operands = "SRC DST", .kind = Operands::any}; }),
        command("exec",
                [] {
                    return Syntax{.command = "exec",
                                  .summary = "",
                                  .operands = "NAME [--] COMMAND [ARG…]",
                                  .kind = Operands::name,
                                  .options = {{.name = "tty", .letter = 't'}}};
                }),
        command(
            "net allow",
            [] {
                return Syntax{
                    .command = "net allow", .summary = "", .operands = "DOMAIN[:PORT] [NAME]", .kind = Operands::any};
            }),
        command("net log", [] { return Syntax{.command = "net log", .summary = ""}; }),
        command(
            "shell",
            [] { return Syntax{.command = "shell", .summary = "", .operands = "bash|zsh", .kind = Operands::any}; }),
        command("stop", [] {
            return Syntax{.command = "stop",
                          .summary = "",
                          .operands = "[NAME…]",
                          .kind = Operands::any,
                          .options = {{.name = "all", .help = "of them"},
                                      {.name = "time", .letter = 't', .value = "SECONDS"},
                                      {.name = "config", .letter = 'c', .value = "FILE"},
                                      {.name = "container", .value = "NAME"},
                                      {.name = "name", .value = "NAME"}}};
        })};
    return table;
}

// The candidates, then what else may stand there.
std::string completed(const std::vector<std::string>& words) {
    const Completion done = complete_words(small_table(), words);
    std::string out;
    for (const auto& candidate : done.candidates) out += candidate.word + " ";
    if (done.files) out += "FILES ";
    if (done.sandboxes) out += done.before + "SANDBOXES" + done.behind + " ";
    return out;
}

}  // namespace

TEST_CASE("commands complete, in two words where they have two, and behind help") {
    CHECK(completed({""}) == "config cp exec net shell stop help ");
    CHECK(completed({"c"}) == "config cp ");
    CHECK(completed({"-"}) == "--help --version ");
    CHECK(completed({"net", ""}) == "allow log ");
    CHECK(completed({"net", "a"}) == "allow ");
    CHECK(completed({"help", "n"}) == "net ");
    CHECK(completed({"help", "net", ""}) == "allow log ");
    CHECK(completed({"nothing", ""}) == "");
    CHECK(completed({"net", "nothing", ""}) == "");
    CHECK(completed({}) == "");
}

TEST_CASE("options complete by their names, and their values by what they are") {
    CHECK(completed({"stop", "-"}) == "--all --time --config --container --name --verbose --help --version ");
    CHECK(completed({"stop", "--a"}) == "--all ");
    CHECK(completed({"stop", "--config", ""}) == "FILES ");
    CHECK(completed({"stop", "-c", ""}) == "FILES ");
    CHECK(completed({"stop", "-vc", "x"}) == "FILES ");
    CHECK(completed({"stop", "--config=x"}) == "FILES ");
    CHECK(completed({"stop", "--time", ""}) == "");
    CHECK(completed({"stop", "--container", ""}) == "SANDBOXES ");
    CHECK(completed({"stop", "--container="}) == "--container=SANDBOXES ");
    CHECK(completed({"stop", "--name", ""}) == "");
    CHECK(completed({"stop", "--all=x"}) == "");
}

TEST_CASE("operands complete by their placeholders and places") {
    CHECK(completed({"stop", ""}) == "SANDBOXES ");
    CHECK(completed({"stop", "-t", "3", "a", "b", ""}) == "SANDBOXES ");
    CHECK(completed({"net", "allow", ""}) == "");
    CHECK(completed({"net", "allow", "x", ""}) == "SANDBOXES ");
    CHECK(completed({"net", "allow", "x", "y", ""}) == "");
    CHECK(completed({"net", "log", ""}) == "");
    CHECK(completed({"cp", ""}) == "FILES SANDBOXES: ");
    CHECK(completed({"cp", "a", "b"}) == "FILES SANDBOXES: ");
    CHECK(completed({"cp", "web:a"}) == "");
    CHECK(completed({"cp", "./web:a"}) == "FILES SANDBOXES: ");
    CHECK(completed({"shell", "z"}) == "zsh ");
}

TEST_CASE("what follows belongs to the command inside") {
    CHECK(completed({"exec", ""}) == "SANDBOXES ");
    CHECK(completed({"exec", "-"}) == "--tty --verbose --help --version ");
    CHECK(completed({"exec", "web", "-"}) == "--tty --verbose --help --version ");
    CHECK(completed({"exec", "web", "ls", "-"}) == "");
    CHECK(completed({"exec", "--", "-"}) == "SANDBOXES ");
    CHECK(completed({"exec", "web", "--", ""}) == "");
}

TEST_CASE("every command of isag completes its options") {
    for (const auto& row : commands()) {
        CAPTURE(row.name);
        std::vector<std::string> words;
        const std::string name = row.name;
        const auto space = name.find(' ');
        words.push_back(name.substr(0, space));
        if (space != std::string::npos) words.push_back(name.substr(space + 1));
        words.emplace_back("--");
        CHECK(complete_words(commands(), words).candidates.size() == all_options(row.syntax()).size());
    }
    CHECK(!completion_script("tcsh"));
}

}  // namespace isag
