// SPDX-License-Identifier: Apache-2.0
#include "client/program_title.hpp"
#include "client/terminal_filter.hpp"
#include <doctest/doctest.h>
#include <string>
#include <vector>

namespace isag {
namespace {

struct TitleRow {
    const char* what;
    std::string before;    // what the program wrote before the announcement
    std::string during;    // and then, of which
    std::string passed;    // so much is written at once,
    std::string put_back;  // and the rest after it
};
const TitleRow title_rows[] = {
    {"no title", "text", "text", "text", "\x1b]2;plain\a"},
    {"one before", "\x1b]2;a\a", "text", "text", "\x1b]2;a\a"},
    {"one before, by OSC 0", "\x1b]0;a\x1b\\", "text", "text", "\x1b]2;a\a"},
    {"an empty one", "\x1b]2;\a", "", "", "\x1b]2;\a"},
    {"new ones", "\x1b]2;a\a", "x\x1b]2;b\ay\x1b]2;c\x1b\\z", "xyz", "\x1b]2;c\a"},
    {"one that names the icon too", "\x1b]2;a\a", "\x1b]0;b\a", "", "\x1b]0;b\a"},
    {"an icon's name passes, and stays", "\x1b]2;a\a", "\x1b]0;b\a\x1b]1;i\a", "\x1b]1;i\a", "\x1b]2;b\a"},
    {"other strings pass", "", "\x1b]8;;http://x\a\x1b]133;A\a\x1b[22;1t", "\x1b]8;;http://x\a\x1b]133;A\a\x1b[22;1t",
     "\x1b]2;plain\a"},
    {"one saved before, and brought back", "\x1b]2;a\a\x1b[22;0;0t\x1b]2;vim\a", "\x1b[23;0;0t", "",
     "\x1b[23;0t\x1b]2;a\a"},
    {"one saved in between", "\x1b]2;a\a", "\x1b[22t\x1b]2;vim\a", "", "\x1b]2;a\a\x1b[22;0t\x1b]2;vim\a"},
    {"saved and brought back", "\x1b]2;a\a", "\x1b[22;2t\x1b]2;vim\a\x1b[23;2t", "", "\x1b]2;a\a"},
    {"brought back, and saved again", "\x1b]2;a\a\x1b[22t\x1b]2;b\a", "\x1b[23t\x1b]2;c\a\x1b[22t\x1b]2;d\a", "",
     "\x1b[23;0t\x1b]2;c\a\x1b[22;0t\x1b]2;d\a"},
    {"one that nobody saved", "\x1b]2;a\a", "\x1b[23t", "", "\x1b[23;0t\x1b]2;plain\a"},
};

}  // namespace

TEST_CASE("while something else is the title, the program's is kept back, and put back after, wherever it is cut") {
    for (const auto& row : title_rows) {
        CAPTURE(std::string(row.what));
        for (std::size_t cut = 0; cut <= row.during.size(); ++cut) {
            TerminalFilter filter(Clipboard::deny);
            std::string out;
            filter.feed(row.before, out);
            CHECK(out == row.before);
            CHECK(filter.title().replace("x") == "\x1b]2;x\a");
            out.clear();
            filter.feed(row.during.substr(0, cut), out);
            filter.feed(row.during.substr(cut), out);
            CHECK(out == row.passed);
            CHECK(filter.title().put_back("plain") == row.put_back);
            out.clear();
            filter.feed("\x1b]0;z\a\x1b[22;0t", out);
            CHECK(out == "\x1b]0;z\a\x1b[22;0t");
        }
    }
}

TEST_CASE("a stack of titles has a bound") {
    ProgramTitle title;
    title.replace("x");
    for (int i = 0; i < 1000; ++i) {
        CHECK(title.take("\x1b]2;" + std::to_string(i)));
        CHECK(title.take("\x1b[22;0t"));
    }
    CHECK(title.put_back("plain").find("\x1b]2;989\a") == std::string::npos);
    title.replace("x");
    for (int i = 0; i < 1000; ++i) CHECK(title.take("\x1b[23;0t"));
    const std::string back = title.put_back("plain");
    CHECK(back.size() < 100);
    CHECK(back.ends_with("\x1b[23;0t\x1b]2;plain\a"));
}

}  // namespace isag
