// SPDX-License-Identifier: Apache-2.0
#include "common/terminal_modes.hpp"
#include "tests/client/filtered.hpp"

namespace isag {
namespace {

using namespace std::string_literals;

struct RuleRow {
    const char* what;
    std::string output;
};

// What claude, codex, vim, less, tmux and htop write, and what else is known to be harmless.
const RuleRow passing[] = {
    {"text", "hello\r\n\tworld\b\v\f\a \x0e\x0f"s},
    {"NUL and DEL, as padding", "a\0b\x7f"s},
    {"UTF-8", "\xc3\xa9 \xe2\x9c\xb3 \xe2\x94\x80 \xe4\xbd\x9b \xf0\x9f\x98\x80 \xc2\xa0"},
    {"another encoding", "caf\xe9 cr\xe8me"},
    {"SGR", "\x1b[m\x1b[1;38;5;12m\x1b[38:2::1:2:3m\x1b[4:3m\x1b[58;2;1;2;3m"},
    {"cursor", "\x1b[H\x1b[2J\x1b[3J\x1b[12;40H\x1b[K\x1b[5A\x1b[G\x1b[s\x1b[u\x1b[999;999H\x1b[2;10r\x1b[5 @"},
    {"private modes",
     "\x1b[?1049h\x1b[?2004h\x1b[?2026h\x1b[?1004h\x1b[?25l\x1b[?1l\x1b[?7l\x1b[?12h\x1b[?2026l\x1b[?1007h"},
    {"mouse", "\x1b[?1000h\x1b[?1002;1003;1006h\x1b[?1016l"},
    {"modes", "\x1b[4h\x1b[4l\x1b[20l\x1b[34h\x1b[2l"},
    {"modes saved and restored", "\x1b[?1049s\x1b[?1049r"},
    {"a rectangle's attributes", "\x1b[2;1;5;9;1$r"},
    {"kitty's keyboard", "\x1b[>1u\x1b[<u\x1b[=5;1u\x1b[?u"},
    {"xterm's keyboard", "\x1b[>4;2m\x1b[>4m\x1b[?4m"},
    {"cursor shapes", "\x1b[5 q\x1b[0 q\x1b[?8c"},
    {"queries", "\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[6n\x1b[?6n\x1b[?996n\x1b[>q\x1b[?2026$p\x1b[4$p\x1b[?1;1;0S"},
    {"window: sizes, and titles on a stack", "\x1b[14t\x1b[16t\x1b[18t\x1b[22;0;0t\x1b[23;0;0t\x1b[22;2t\x1b[8;24;80t"},
    {"soft reset, conformance", "\x1b[!p\x1b[62;1\"p\x1b[61\"p"},
    {"vim's odd one", "\x1b[0%m"},
    {"escapes", "\x1b"s + "7\x1b" + "8\x1b=\x1b>\x1bM\x1b" + "D\x1b" + "E\x1bH\x1b" + "c\x1b#8\x1bZ"},
    {"character sets", "\x1b(0\x1b(B\x1b)0\x1b*B\x1b+B\x1b(%5\x1bn\x1bo\x1b%G"},
    {"titles",
     "\x1b]0;\xe2\x9c\xb3 Claude\a\x1b]2;a; b\x1b\\\x1b]1;icon\a\x1bk"
     "tmux\x1b\\"},
    {"colours",
     "\x1b]4;1;?\a\x1b]4;1;rgb:ff/00/00\x1b\\\x1b]10;?\x1b\\\x1b]11;?\a\x1b]12;#fff\a\x1b]104\a\x1b]104;1\a\x1b]112\a"},
    {"links",
     "\x1b]8;id=1;https://example.com/?a=b;c\x1b\\x\x1b]8;;\x1b\\\x1b]8;;HTTP://x\a\x1b]8;;mailto:a@b.org\a\x1b]8;;\a"},
    {"notifications",
     "\x1b]9;done\a\x1b]9;3 tests failed\a\x1b]99;i=1:d=0:p=title;Hi\x1b\\\x1b]777;notify;Claude;done\a"},
    {"progress", "\x1b]9;4;1;50\a\x1b]9;4;0;\a"},
    {"what an agent is at", "\x1b]7501;?\a\x1b]7501;state=blocked:kind=permission:app=claude-code:msg=SGk=\x1b\\"},
    {"the same for iTerm2's tabs",
     "\x1b]21337;indicator=#ff9500;status=Working\xe2\x80\xa6;status-color=\a\x1b]21337;status=\a"},
    {"how claude begins and ends",
     "\x1b"
     "7\x1b[r\x1b"
     "8\x1b[?25h\x1b[?25l\x1b[?2004h\x1b[?2031h\x1b[?1004h\x1b[38;5;174mWelcome\x1b[9Gto\x1b["
     "39m\r\n\xe2\x96\x88\xe2\x96\x93"
     "\x1b]11;?\a\x1b[c\x1b[>0q\x1b[?u\x1b]7501;?\a\x1b[c\x1b[?25h\x1b[?1004l\x1b[>4m\x1b[?2031l\x1b[?2004l"},
    {"how codex begins and ends",
     "\x1b[?2004h\x1b[>4;0m\x1b[>7u\x1b[?1004h\x1b[?u\x1b[c\x1b[6n\x1b]10;?\x1b\\\x1b]11;?\x1b\\\x1b[?2026h\x1b[?"
     "25l\x1b[?1049h"
     "\x1b[?1007l\x1b[?1003h\x1b[1;1H\x1b[J\x1b[?2026l\x1b[0 q\x1b[?1015l\x1b[<1u\x1b[?1007l\x1b[?1049l"},
    {"a shell's prompts", "\x1b]133;A\a\x1b]133;B\x1b\\\x1b]133;D;0\a"},
    {"the pointer", "\x1b]22;text\a"},
    {"text sizes", "\x1b]66;s=2;big\a"},
    {"settings asked for", "\x1bP$qm\x1b\\\x1bP$q q\x1b\\\x1bP$qr\x1b\\\x1bP$q\"p\x1b\\"},
    {"capabilities asked for", "\x1bP+q436f;6b75\x1b\\\x1bP+q544e\x1b\\"},
    {"synchronized updates of old", "\x1bP=1s\x1b\\text\x1bP=2s\x1b\\"},
    {"vim's string without a meaning", "\x1bPzz\x1b\\"},
    {"sixel", "\x1bPq#0;2;0;0;0~~\n@@-\x1b\\\x1bP0;1;0q\"1;1;9;9#1~\x1b\\\x1bPq\x1b\\"},
    {"pictures sent in place",
     "\x1b_Ga=T,f=100,t=d,m=1;aGVsbG8=\x1b\\\x1b_Gm=0;d29ybGQ=\x1b\\\x1b_Ga=d,d=A\x1b\\\x1b_Gz=-1,a=p,i=4\x1b\\"},
};

const RuleRow dropped[] = {
    {"answers with 8-bit controls", "\x1b[62\"p\x1b[62;0\"p\x1b[65;2\"p\x1b[\"p\x1b[62;0;1\"p\x1b[62;2;1\"p"},
    {"clipboard read", "\x1b]52;c;?\a"},
    {"clipboard read of several, by ST", "\x1b]52;cps;?\x1b\\"},
    {"clipboard read without a name", "\x1b]52;;?\a"},
    {"clipboard read with zeros before", "\x1b]052;c;?\a"},
    {"clipboard read among base64", "\x1b]52;c;aGVs?bG8=\a"},
    {"clipboard, not base64", "\x1b]52;c;!\a"},
    {"clipboard without data", "\x1b]52\a\x1b]52;c\a"},
    {"titles asked for", "\x1b[21t\x1b[20t\x1b[21;0t\x1b[021t\x1b[20;1;2t\x1b[21 t\x1b[21$t\x1b[21:1t"},
    {"titles asked for, by a number that wraps", "\x1b[65557t\x1b[4294967317t\x1b[18446744073709551637t"},
    {"title modes", "\x1b[>2t"},
    {"printing", "\x1b[i\x1b[4i\x1b[5i\x1b[?5i\x1b[?1i\x1b[0;5i"},
    {"checksums of the screen", "\x1b[1;1;1;1;1;1*y\x1b[3#y"},
    {"a macro", "\x1bP1;0;0!zabc\x1b\\\x1b[1*z"},
    {"VT52", "\x1b[?2l\x1b[?1;2l\x1b[?02l\x1b[?65538l\x1b[?2$l\x1b[?2r"},
    {"a locked keyboard", "\x1b[2h\x1b[4;2h"},
    {"paste as events", "\x1b[?5522h\x1b[?2004;5522h"},
    {"Linux's consoles", "\x1b[12;3]\x1b[["},
    {"odd control sequences", "\x1b[1?2l\x1b[?1?2l\x1b[1 2q\x1b[<?1h\x1b[?2:1l"},
    {"iTerm2",
     "\x1b]1337;File=name=eA==;inline=1:aGk=\a\x1b]1337;CopyToClipboard=\a\x1b]1337;StealFocus\x1b\\\x1b]1337;"
     "ReportVariable=x\a"},
    {"kitty's files and clipboard", "\x1b]5113;ac=send\x1b\\\x1b]5522;type=read;Lg==\x1b\\"},
    {"kitty's colours, which repeat names", "\x1b]21;evil=?\a"},
    {"kitty's remote control", "\x1bP@kitty-cmd{\"cmd\":\"ls\"}\x1b\\\x1bP@kitty-echo|x\x1b\\"},
    {"pictures of files and shared memory",
     "\x1b_Gt=f;L2V0Yw==\x1b\\\x1b_Ga=q,t=t;eA==\x1b\\\x1b_Gi=1,t=s,a=T;eA==\x1b\\\x1b_Gt=d,t=f;eA==\x1b\\\x1b_Gt="
     "f\x1b\\"},
    {"odd pictures", "\x1b_Gt=;x\x1b\\\x1b_Gt;x\x1b\\\x1b_G a=T,t=f;x\x1b\\\x1b_Ga=\xc3\xa9;x\x1b\\"},
    {"X properties", "\x1b]3;_PROP=1\a\x1b]3;?WM_NAME\a"},
    {"fonts and profiles", "\x1b]50;?\a\x1b]50;fixed\a\x1b]50;#+1\x1b\\"},
    {"log files", "\x1b]46;/tmp/x\a"},
    {"folders", "\x1b]7;file:///etc\x1b\\\x1b]633;P;Cwd=/etc\a\x1b]9;9;/etc\a\x1b]6;file:///x\a"},
    {"ConEmu's commands", "\x1b]9;6;\"x\"\a\x1b]9;7;cmd\a\x1b]9;2;box\a\x1b]9;12\a\x1b]9;1\a"},
    {"urxvt's extensions", "\x1b]777;preexec;x\a\x1b]777;notifyx\a"},
    {"notifications that ask, or whose answer would have spaces", "\x1b]99;i=x:p=?;\a\x1b]99;i=a b;x\a"},
    {"statuses with more in them",
     "\x1b]7501;state=idle;x\a\x1b]7501;\xc3\xa9\a\x1b]21337;web-terminal;write-src?x;y\a\x1b]21337;web=1\a"},
    {"the pointer asked for", "\x1b]22;?a b\a"},
    {"links to files and programs",
     "\x1b]8;;file:///etc/passwd\a\x1b]8;;vscode://x\a\x1b]8;;javascript:1\a\x1b]8;; https://x\a\x1b]8;;httpsx\a"},
    {"a link too long to be known as one", "\x1b]8;;https://" + std::string(TerminalModes::longest_link, 'x') + "\a"},
    {"mail with a file", "\x1b]8;;mailto:a@b.org?attach=/etc/passwd\a"},
    {"unknown OSC", "\x1b]12345;x\a\x1b]\a\x1b];x\a\x1b]l;x\a\x1b]Lx\x1b\\\x1b]-1;x\a\x1b]2 ;x\a\x1b]+2;x\a"},
    {"user keys", "\x1bP0;1|17/414243\x1b\\\x1bP1|\x1b\\"},
    {"fonts sent", "\x1bP1;1;1{ @\x1b\\"},
    {"ReGIS, tmux's control mode", "\x1bPpR(L)\x1b\\\x1bP1000p%begin\x1b\\"},
    {"settings that repeat what was asked", "\x1bP$qevil\x1b\\\x1bP$q\nid\n\x1b\\\x1bP$q\x1b\\"},
    {"capabilities set, or not in hexadecimal", "\x1bP+p41\x1b\\\x1bP+qxy\x1b\\\x1bP+q41;id\x1b\\"},
    {"unknown DCS",
     "\x1bPzzz\x1b\\\x1bP0$q m\x1b\\\x1bP=1s;\x1b\\\x1bP=3s\x1b\\\x1bP\x1b\\\x1bP1\x1b\\\x1bP?1q~\x1b\\"},
    {"PM, SOS, unknown APC", "\x1b^x\x1b\\\x1bXx\x1b\\\x1b_x\x1b\\\x1b_\x1b\\\x1b^]52;c;?\a\x1b\\"},
    {"leaving UTF-8, 8-bit answers", "\x1b%@\x1b%8\x1b G\x1b%/G\x1b&0\x1b!x"},
    {"unknown escapes",
     "\x1bi\x1bp\x1b"
     "0\x1b\"x\x1b#9\x1b([\x1b(]\x1b((((B"},
    {"the Linux console's palette", "\x1b]R\x1b]P1aabbcc"},
    {"ENQ", "\x05"},
    {"C1 controls as bytes", "\x80\x84\x85\x8d\x90\x98\x9a\x9b\x9c\x9d\x9e\x9f"},
    {"C1 controls as characters", "\xc2\x80\xc2\x85\xc2\x90\xc2\x9b\xc2\x9d\xc2\x9f"},
    {"C1 controls in strings",
     "\x1b]2;a\xc2\x9c\a\x1b]2;a\x9c\a\x1b]2;\xe9\a\x1b]8;;https://x\xc2\x9d"
     "52;c;?\a"},
};

}  // namespace

TEST_CASE("what agents and their programs write reaches the terminal byte for byte") {
    for (const auto& row : passing) {
        CAPTURE(std::string(row.what));
        CHECK(filtered(row.output) == row.output);
        CHECK(filtered("before " + row.output + " after") == "before " + row.output + " after");
    }
}

TEST_CASE("what would read from the host or act on it does not, and leaves nothing behind") {
    for (const auto& row : dropped) {
        CAPTURE(std::string(row.what));
        CHECK(filtered(row.output) == "");
        CHECK(filtered("before " + row.output + " after") == "before  after");
    }
}

TEST_CASE("dropped are the same with the clipboard allowed") {
    for (const auto& row : dropped) {
        CAPTURE(std::string(row.what));
        CHECK(filtered(row.output, Clipboard::allow) == "");
    }
}

}  // namespace isag
