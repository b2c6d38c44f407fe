// SPDX-License-Identifier: Apache-2.0
#include "tests/client/filtered.hpp"
#include <malloc.h>
#include <random>

namespace isag {
namespace {

struct FilterRow {
    const char* what;
    std::string output;
    std::string written;
};

const FilterRow filter_rows[] = {
    // Given up
    {"CAN in a control sequence", "a\x1b[3\x18mb", "amb"},
    {"SUB in a string", "a\x1b]2;x\x1a;y\ab", "a;y\ab"},
    {"CAN before the end of a string", "a\x1b]52;c;eA==\x18\ab", "a\ab"},
    {"CAN between ESC and \\", "a\x1b]2;x\x1b\x18\\b", "a\\b"},
    {"ESC in a control sequence", "a\x1b[3\x1b[31mb", "a\x1b[31mb"},
    {"ESC after ESC", "a\x1b\x1b[31mb", "a\x1b[31mb"},
    {"ESC in a string", "a\x1b]2;x\x1b[31mb", "a\x1b[31mb"},
    {"ESC twice in a string", "a\x1b]2;x\x1b\x1b\\b", "a\x1b\\b"},
    {"a harmful one in a harmless one", "a\x1b]2;x\x1b]52;c;?\ab", "ab"},
    {"a harmless one in a harmful one", "a\x1b]1337;x\x1b]2;t\ab", "a\x1b]2;t\ab"},
    {"a harmful one in a control sequence", "a\x1b[3\x1b]52;c;?\x1b\\b", "ab"},
    {"a character in a control sequence", "a\x1b[3\xc3\xa9mb", "a\xc3\xa9mb"},
    {"a C1 control in a control sequence",
     "a\x1b[3\x9b"
     "21tb",
     "a21tb"},
    {"a character after ESC", "a\x1b\xc3\xa9", "a\xc3\xa9"},
    {"a sequence in a character", "a\xe2\x9c\x1b[31m\xb3", "a\xe2\x1b[31m\xb3"},
    {"never ended: a control sequence", "a\x1b[31", "a"},
    {"never ended: a string", "a\x1b]2;x", "a"},
    {"never ended: a character", "a\xe2\x9c", "a"},
    // Control characters inside
    {"a newline in a control sequence", "a\x1b[3\n1mb", "a\n\x1b[31mb"},
    {"ENQ and DEL in a control sequence",
     "a\x1b[\x05"
     "3\x7f"
     "1mb",
     "a\x1b[31mb"},
    {"a newline in a title", "a\x1b]2;x\ny\x7f\x05\ab", "a\x1b]2;xy\ab"},
    {"a newline in a clipboard read", "a\x1b]5\n2;c\r;\t?\ab", "ab"},
    {"BEL in a DCS", "a\x1bP$q\am\x1b\\b", "a\x1bP$qm\x1b\\b"},
    {"BEL in a dropped DCS", "a\x1bPtmux;\a\x1b\\b", "ab"},
    {"BEL in a dropped OSC", "a\x1b]1337;x\ab\x1b\\c", "ab\x1b\\c"},
    {"BEL in a picture", "a\x1bPq~\a~\x05~\x80~\xc3\xa9~\x1b\\b", "a\x1bPq~~~~~\x1b\\b"},
    // The ends that some terminals know
    {"C1 forms",
     "a\x9d"
     "52;c;?\x9c"
     "b\xc2\x9d"
     "2;x\xc2\x9c",
     "a52;c;?b2;x"},
    {"a C1 end of a string",
     "a\x1b]1337;x\x9c"
     "b\x1b\\c",
     "ac"},
    {"overlong C1 and ESC",
     "a\xe0\x82\x9b"
     "21t\xf0\x80\x82\x9b\xc0\x9b]52;c;?\a",
     "a\xe0"
     "21t\xf0\xc0]52;c;?\a"},
    {"surrogates and beyond", "\xed\xa0\x80|\xf4\x90\x80\x80|\xf5\x80", "\xed\xa0|\xf4|\xf5"},
    {"C1 put together by what is dropped between",
     "\xc2\x05\x9b"
     "21t\xc2\x1b]1337;\a\x9b",
     "\xc2"
     "21t\xc2"},
    {"ESC put together by what is dropped between", "\x1b\x05[21\x7ft\x1b\x1b]1337;\a[21t", "[21t"},
    // Pictures given up: the terminal gets an end, whatever it thinks of CAN and ESC
    {"a picture given up by ESC", "\x1bPq~~~~\x1b[31m", "\x1bPq~~\x1b\\\x1b[31m"},
    {"a picture given up by CAN", "\x1bPq~~~~\x18x", "\x1bPq~~\x1b\\x"},
    {"a picture given up at once", "\x1bPq~\x18x\x1bPq\x1b[m", "x\x1b[m"},
    {"a picture never ended", "\x1b_Ga=T;AAAAAA", "\x1b_Ga=T;AAAA\x1b\\"},
    {"a harmful one in a picture", "\x1bPq~~~~\x1b]52;c;?\a", "\x1bPq~~\x1b\\"},
    // Passthrough: the envelope is dropped, what is in it is filtered
    {"tmux's passthrough of a read", "a\x1bPtmux;\x1b\x1b]52;c;?\a\x1b\\b", "a\x1b\\b"},
    {"tmux's passthrough of a title", "a\x1bPtmux;\x1b\x1b]2;x\a\x1b\\b", "a\x1b]2;x\a\x1b\\b"},
    {"tmux's passthrough of its own", "a\x1bPtmux;\x1b\x1bPtmux;\x1b\x1b\x1b\x1b]52;c;?\a\x1b\x1b\\\x1b\\b",
     "a\x1b\\\x1b\\b"},
    {"screen's passthrough", "a\x1bP\x1b]52;c;?\a\x1b\\b", "a\x1b\\b"},
    // Bounds
    {"a title of 9000", "a\x1b]2;" + std::string(9000, 'x') + "\x1b\\b", "ab"},
    {"a long one whose end would be another", "a\x1b]2;" + std::string(9000, 'x') + "]52;c;?\ab", "ab"},
    {"a head of 2000", "a\x1bP" + std::string(2000, '1') + "q~\x1b\\b", "ab"},
    {"a control sequence of 2000", "a\x1b[" + std::string(2000, '1') + "mb", "ab"},
    {"an escape of 2000", "a\x1b" + std::string(2000, '(') + "Bb", "ab"},
};

std::size_t memory() {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

}  // namespace

TEST_CASE("odd output leaves whole sequences or nothing, wherever it is cut") {
    for (const auto& row : filter_rows) {
        CAPTURE(std::string(row.what));
        if (row.output.size() < 100) {
            CHECK(filtered(row.output) == row.written);
        } else {
            CHECK(filtered_pieces({row.output}) == row.written);
            for (const std::size_t cut : {1U, 2U, 3U, 5U, 1024U, 1025U, 1026U})
                CHECK(filtered_pieces({row.output.substr(0, cut), row.output.substr(cut)}) == row.written);
        }
    }
}

TEST_CASE("every harmless sequence given up anywhere leaves nothing of itself but text") {
    for (const std::string sequence :
         {"\x1b[1;31m", "\x1b]2;t\a", "\x1b(0", "\x1bP$qm\x1b\\", "\x1bPq~\x1b\\", "\x1b_Ga=d;\x1b\\"})
        for (std::size_t cut = 1; cut < sequence.size(); ++cut) {
            CAPTURE(sequence);
            CAPTURE(cut);
            CHECK(filtered(sequence.substr(0, cut) + "\x18") == "");
            CHECK(filtered(sequence.substr(0, cut) + "\x1b[m") == "\x1b[m");
        }
}

TEST_CASE("a write to the clipboard is dropped, passed, or handed out to be asked about") {
    const std::string write = "\x1b]52;c;aGVsbG8=\a";
    CHECK(filtered("a" + write + "b", Clipboard::deny) == "ab");
    CHECK(filtered("a" + write + "b", Clipboard::allow) == "a" + write + "b");
    CHECK(filtered("a" + write + "b", Clipboard::ask) == "ab");
    TerminalFilter filter(Clipboard::ask);
    std::string out;
    CHECK_FALSE(filter.take_clipboard_request());
    filter.feed("\x1b]52;c;Zmlyc3Q=\a\x1b]52;p;aGVs\r\nbG8=\x1b\\", out);
    CHECK(out == "");
    CHECK(filter.take_clipboard_request() == "\x1b]52;p;aGVsbG8=\x1b\\");
    CHECK_FALSE(filter.take_clipboard_request());
    filter.feed("\x1b]52;c;?\a\x1b]52;c;ab\x18\x1b]52;x;aa\a\x1b]52;c;!\a", out);
    CHECK_FALSE(filter.take_clipboard_request());
    filter.feed("\x1b]52;;\a", out);  // empties the selection
    CHECK(filter.take_clipboard_request() == "\x1b]52;;\a");
}

TEST_CASE("a write that is allowed is for the terminal that types alone") {
    const std::string write = "\x1b]52;c;aGVsbG8=\a";
    TerminalFilter filter(Clipboard::allow);
    std::string out;
    filter.set_reading(true);
    filter.feed("a" + write, out);
    filter.set_reading(false);
    filter.feed("b" + write, out);
    CHECK(out == "ab" + write);
}

TEST_CASE("a write to the clipboard may have a mebibyte, and no more") {
    const std::string start = "\x1b]52;c;";
    const std::string fits = start + std::string((1 << 20) - start.size(), 'A') + "\a";
    CHECK(filtered_pieces({fits}, Clipboard::allow) == fits);
    CHECK(filtered_pieces({start + "A", std::string_view(fits).substr(start.size())}, Clipboard::allow) == "");
    CHECK(filtered_pieces({fits, "x"}, Clipboard::deny) == "x");
    TerminalFilter filter(Clipboard::ask);
    std::string out;
    filter.feed(fits, out);
    CHECK(filter.take_clipboard_request() == fits);
}

TEST_CASE("pictures pass as they come, and nothing makes the filter keep more than its bounds") {
    TerminalFilter filter(Clipboard::ask);
    const std::string chunk(std::size_t{1} << 20, '1');
    std::string out;
    out.reserve(2 * chunk.size());
    const std::size_t before = memory();
    for (const std::string start : {"\x1bPq", "\x1b_Ga=T;", "\x1b]2;", "\x1b]8;;http://", "\x1b]52;c;", "\x1b]1337;",
                                    "\x1b[", "\x1bP", "\x1b^"}) {
        CAPTURE(start);
        filter.feed(start, out);
        for (int i = 0; i < 20; ++i) {
            out.clear();
            filter.feed(chunk, out);
            const bool is_picture = start == "\x1bPq" || start == "\x1b_Ga=T;";
            if (i > 0 && is_picture) CHECK(out.size() == chunk.size());
            if (!is_picture) CHECK(out.empty());
            CHECK(memory() <= before + 2 * chunk.size());
        }
        filter.feed("\x18", out);
        CHECK(memory() <= before + (64 << 10));
    }
}

TEST_CASE("after the end a filter begins anew") {
    TerminalFilter filter(Clipboard::deny);
    std::string out;
    filter.feed("\x1bPq~~~~~~", out);
    CHECK(out == "\x1bPq~~~~");
    CHECK(filter.finish() == "\x1b\\");
    CHECK(filter.finish() == "");
    out.clear();
    filter.feed("~\x1b\\\x1b[", out);
    CHECK(filter.finish() == "");
    filter.feed("m", out);
    CHECK(out == "~\x1b\\m");
}

TEST_CASE("random output gives the same however it is cut, and passes again unchanged") {
    std::mt19937 random(7);
    const std::vector<std::string> parts = {
        "\x1b", "\x1b\\",     "\x1b[", "\x1b]",        "\x1bP", "\x1b_G", "\a",  "\x18",  "52;c;", "?",
        "2;",   "8;;http://", "q",     "t=f",          "a=T",   ";",      "$qm", "tmux;", "21t",   "31m",
        "\xc2", "\x9b",       "\x9d",  "\xe2\x9c\xb3", "\n",    "\x05",   "x",   "1337;", "R",     "Pabcdef0"};
    for (int round = 0; round < 300; ++round) {
        std::string output;
        for (int i = 0; i < 25; ++i) output += parts[random() % parts.size()];
        CAPTURE(output);
        const std::string written = filtered(output, Clipboard::deny);
        CHECK(written.find("\x1b]52") == std::string::npos);
        CHECK(written.find("\x1b]1337") == std::string::npos);
        CHECK(written.find("\x1b[21t") == std::string::npos);
    }
}

}  // namespace isag
