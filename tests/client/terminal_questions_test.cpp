// SPDX-License-Identifier: Apache-2.0
#include "client/terminal_questions.hpp"
#include "client/terminal_filter.hpp"
#include <doctest/doctest.h>
#include <string>

namespace isag {
namespace {

const char* const answered[] = {
    "\x1b[>c",
    "\x1b[=c",
    "\x1b[5n",
    "\x1b[6n",
    "\x1b[?6n",
    "\x1b[?996n",
    "\x1b[?2026$p",
    "\x1b[4$p",
    "\x1b[>q",
    "\x1b[>0q",
    "\x1b[11t",
    "\x1b[14;2t",
    "\x1b[18t",
    "\x1b[19t",
    "\x1b[?u",
    "\x1b[?1;1;0S",
    "\x1b[?4m",
    "\x1b[x",
    "\x1b[1$w",
    "\x1b[&u",
    "\x1b[#R",
    "\x1b[1;1;2;2#|",
    "\x1b[?2048h",
    "\x1b]4;1;?\a",
    "\x1b]10;?\x1b\\",
    "\x1b]11;?\a",
    "\x1b]10;?;?\a",
    "\x1b]7501;?\a",
    "\x1bP$qm\x1b\\",
    "\x1bP+q544e\x1b\\",
    "\x1b_Ga=q,i=1,t=d;AAAA\x1b\\",
    "\x1b_Ga=p,i=4\x1b\\",
};
const char* const attributes[] = {"\x1b[c", "\x1b[0c", "\x1bZ"};
const char* const silent[] = {
    "text",
    "\x1b[1;31m",
    "\x1b[H\x1b[2J\x1b[K",
    "\x1b[?25h\x1b[?25l",
    "\x1b[?1049h\x1b[?2004h",
    "\x1b[>4;2m",
    "\x1b[5 q",
    "\x1b[!p",
    "\x1b[62;1\"p",
    "\x1b[s\x1b[u",
    "\x1b[>1u\x1b[<u",
    "\x1b[=5;1u",
    "\x1b[2S",
    "\x1b[22;0;0t",
    "\x1b[8;24;80t",
    "\x1b[?8c",
    "\x1b]0;what?\a",
    "\x1b]11;#fff\a",
    "\x1b]8;;http://x/?a=b\a",
    "\x1b]9;done?\a",
    "\x1bPzz\x1b\\",
    "\x1bP=1s\x1b\\",
    "\x1bPq#0~\x1b\\",
    "\x1b_Ga=T,q=2;AAAA\x1b\\",
    "\x1b\x37\x1b\x38\x1b(0",
    "\x1b[21t\x1b]52;c;?\a",
};

Questions asked_by(std::string_view output, std::size_t cut) {
    TerminalFilter filter(Clipboard::deny);
    std::string out;
    filter.feed(output.substr(0, cut), out);
    filter.feed(output.substr(cut), out);
    const Questions questions = filter.take_questions();
    CHECK_FALSE(filter.take_questions().any);
    return questions;
}

}  // namespace

TEST_CASE("a filter of old output lets no question through, and the rest as ever") {
    std::string asked;
    for (const std::string output : answered) asked += output;
    for (const std::string output : attributes) asked += output;
    std::string told;
    for (const std::string output : silent) told += output;
    const auto passed = [](const std::string& output, TerminalFilter::Asking asking) {
        TerminalFilter filter(Clipboard::deny, asking);
        std::string out;
        filter.feed(output, out);
        return out;
    };
    using Asking = TerminalFilter::Asking;
    CHECK(passed("a" + asked + "b", Asking::is_dropped) == "ab");
    CHECK(passed(told, Asking::is_dropped) == passed(told, Asking::passes));
}

TEST_CASE("the filter tells what the terminal will answer, wherever it is cut") {
    const auto check = [](const std::string& output, bool any, std::size_t count) {
        CAPTURE(output);
        for (std::size_t cut = 0; cut <= output.size(); ++cut) {
            const Questions questions = asked_by(output, cut);
            CHECK(questions.any == any);
            CHECK(questions.attributes == count);
        }
    };
    for (const std::string output : answered) {
        check(output, true, 0);
        check("text \x1b[1m" + output + "\x1b[0m", true, 0);
    }
    for (const std::string output : attributes) check("text " + output + "\x1b[m" + output, true, 2);
    for (const std::string output : silent) check(output, false, 0);
}

TEST_CASE("what is dropped asks nothing") {
    for (const std::string output : {"\x1b[21t", "\x1b]52;c;?\a", "\x1b]21;x=?\a", "\x1b[6\x18n", "\x1bP$qevil\x1b\\"})
        CHECK_FALSE(asked_by(output, 1).any);
}

}  // namespace isag
