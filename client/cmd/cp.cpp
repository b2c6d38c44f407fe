// SPDX-License-Identifier: Apache-2.0
#include "client/commands.hpp"
#include "client/copy/copy.hpp"
#include "client/copy/place.hpp"
#include "client/signals.hpp"
#include "common/error.hpp"
#include <csignal>
#include <unistd.h>

namespace isag {

Syntax cp_syntax() {
    return {
        .command = "cp",
        .summary =
            "Copies files and folders between a running sandbox and the host, as docker cp does.\n"
            "One of SRC and DST is NAME:PATH, counted from the project's folder where it does not begin with '/';\n"
            "'-' for the other one is a tar stream on stdin or stdout, as it is. A folder goes into one that exists\n"
            "('SRC/.': what is in it), else gets DST's name. Modes and times are kept; what arrives on the host is\n"
            "yours, what arrives inside the container user's. Links are copied as links; special files are passed\n"
            "over.",
        .operands = "SRC DST",
        .kind = Operands::any,
        .options = {{.name = "archive", .letter = 'a', .help = "as docker has it; modes and times are always kept"},
                    {.name = "follow-link", .letter = 'L', .help = "copy what SRC links to, where it is a link"},
                    {.name = "quiet", .letter = 'q', .help = "no progress"}},
        .examples = {"isag cp web:out/report.pdf .", "isag cp fixtures/. web:/tmp/fixtures",
                     "isag cp web:/var/log - | tar -tv"}};
}

namespace {

using Where = CopyPlace::Where;

void check_places(const CopyPlace& from, const CopyPlace& to) {
    const bool from_sandbox = from.where == Where::sandbox;
    const bool to_sandbox = to.where == Where::sandbox;
    if (from_sandbox && to_sandbox)
        throw Error("both are in a sandbox", "copy to the host first, or through a pipe: isag cp A:x - | isag cp - B:y",
                    ErrorKind::usage);
    if (!from_sandbox && !to_sandbox)
        throw Error("neither is in a sandbox", "one of the two is NAME:PATH, for example: isag cp web:notes.txt .",
                    ErrorKind::usage);
    if (to.where == Where::stream && ::isatty(STDOUT_FILENO))
        throw Error("a tar stream is nothing for a terminal", "send it to a file or a program", ErrorKind::usage);
    if (from.where == Where::stream && ::isatty(STDIN_FILENO))
        throw Error("a tar stream can't be typed", "take it from a file or a program", ErrorKind::usage);
}

CopyPlace place_argument(const std::string& operand) {
    auto place = parse_copy_place(operand);
    if (!place) throw Error(place.error(), ErrorKind::usage);
    return *place;
}

}  // namespace

int cp_run(const Context& context, const Arguments& arguments) {
    const auto& operands = arguments.operands();
    if (operands.size() != 2)
        throw Error("isag cp takes a source and a destination", "for example: isag cp web:notes.txt .",
                    ErrorKind::usage);
    const CopyPlace from = place_argument(operands[0]);
    const CopyPlace to = place_argument(operands[1]);
    check_places(from, to);
    const CopyOptions options{arguments.has("follow-link"), arguments.has("quiet")};
    Signals signals{SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    ::signal(SIGPIPE, SIG_IGN);
    if (from.where == Where::stream)
        stream_to_sandbox(context, to, signals);
    else if (to.where == Where::stream)
        stream_from_sandbox(context, from, options, signals);
    else if (from.where == Where::sandbox)
        copy_from_sandbox(context, from, to.path, options, signals);
    else
        copy_to_sandbox(context, from.path, to, options, signals);
    return 0;
}

}  // namespace isag
