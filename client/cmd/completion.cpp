// SPDX-License-Identifier: Apache-2.0
#include "client/completion.hpp"
#include "client/commands.hpp"
#include "client/completion_script.hpp"
#include "client/connection.hpp"
#include "client/output.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include "proto/api.hpp"
#include <nlohmann/json.hpp>

namespace isag {

Syntax completion_syntax() {
    return {.command = "completion",
            .summary =
                "Prints a script that lets the shell complete isag's commands, options, files and sandboxes.\n"
                "It asks isag itself, so it stays right when isag changes. No daemon is started by it.",
            .operands = "bash|zsh|fish",
            .kind = Operands::rest,
            .examples = {"source <(isag completion bash)   # in ~/.bashrc",
                         "source <(isag completion zsh)    # in ~/.zshrc, behind compinit",
                         "isag completion fish > ~/.config/fish/completions/isag.fish"}};
}

namespace {

// None where no daemon answers.
std::vector<std::string> running_sandboxes(const Context& context) {
    std::vector<std::string> names;
    auto isagd = Connection::open_running(context);
    if (!isagd) return names;
    const proto::PsRequest request;
    for (const auto& sandbox : isagd->call<proto::PsReply>("ps", request).sandboxes) names.push_back(sandbox.name);
    return names;
}

void print_words(const Context& context, const std::vector<std::string>& words) {
    const Completion completion = complete_words(commands(), words);
    std::string out;
    for (const auto& [word, help] : completion.candidates) out += word + (help.empty() ? "" : "\t" + help) + "\n";
    if (completion.files) out += ":files\n";
    print(out);
    if (!completion.sandboxes) return;
    for (const auto& name : running_sandboxes(context)) {
        const std::string word = completion.before + escape_controls(name) + completion.behind;
        if (word.starts_with(words.back())) print(word + "\n");
    }
}

}  // namespace

int completion_run(const Context& context, const Arguments& arguments) {
    auto operands = arguments.operands();
    if (!operands.empty() && operands[0] == "words") {  // what the scripts ask
        operands.erase(operands.begin());
        if (!operands.empty() && operands[0] == "--") operands.erase(operands.begin());
        print_words(context, operands);
        return 0;
    }
    const auto script = operands.size() == 1 ? completion_script(operands[0]) : std::nullopt;
    if (!script) throw Error("isag completion takes one of bash, zsh and fish", "", ErrorKind::usage);
    print(*script);
    return 0;
}

}  // namespace isag
