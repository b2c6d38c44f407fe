// SPDX-License-Identifier: Apache-2.0
#include "common/escape.hpp"
#include <doctest/doctest.h>

using isag::escape_controls;
using isag::find_control;

namespace {

bool is_safe(const std::string& text) {
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto byte = static_cast<unsigned char>(text[i]);
        if (byte < 0x20 || byte == 0x7f) return false;
        if (byte == 0xc2 && (i + 1 == text.size() || static_cast<unsigned char>(text[i + 1]) < 0xa0)) return false;
    }
    return true;
}

}  // namespace

TEST_CASE("escape: words in any script stay as they are") {
    for (const char* text :
         {"", "plain text ~", "gr\u00fc\u00df", "\u00a0\u07ff\u0800\ufffd", "\U00010000\U0010ffff", "\u65e5\u672c"})
        CHECK(escape_controls(text) == text);
}

TEST_CASE("escape: control characters are shown by their number") {
    CHECK(escape_controls("a\nb") == "a\\nb");
    CHECK(escape_controls("\x1b[31m\r\t\x7f\b") == "\\x1b[31m\\x0d\\x09\\x7f\\x08");
    CHECK(escape_controls({"\0", 1}) == "\\x00");
}

TEST_CASE("escape: C1 codes, which some terminals obey, are shown by their bytes") {
    CHECK(escape_controls("\u0080") == "\\xc2\\x80");
    CHECK(escape_controls("\u009b31m") == "\\xc2\\x9b31m");
    CHECK(escape_controls("\x9b") == "\\x9b");
}

TEST_CASE("escape: what reorders text or hides in it is shown by its bytes, what scripts need is left") {
    CHECK(escape_controls("a\u202egpj.exe") == "a\\xe2\\x80\\xaegpj.exe");
    CHECK(escape_controls("\u2066\ufeff\u200b") == "\\xe2\\x81\\xa6\\xef\\xbb\\xbf\\xe2\\x80\\x8b");
    CHECK(escape_controls("\U000e0041\u00ad\u3164") == "\\xf3\\xa0\\x81\\x81\\xc2\\xad\\xe3\\x85\\xa4");
    CHECK(escape_controls("\u2764\ufe0f\u200d\U0001f525") == "\u2764\ufe0f\u200d\U0001f525");
    CHECK(escape_controls("\u0645\u06cc\u200c\u062e") == "\u0645\u06cc\u200c\u062e");
}

TEST_CASE("escape: a control is found where it is, in what is text none is") {
    CHECK(find_control("") == std::string::npos);
    CHECK(find_control("\ufeffgr\u00fc\u00df\u202e") == std::string::npos);
    CHECK(find_control("a\u00fc\x7f") == 3);
    CHECK(find_control("\n") == 0);
    CHECK(find_control("ab\xc3") == 2);
    CHECK(find_control("ab\u0085") == 2);
}

TEST_CASE("escape: what is not UTF-8 is shown byte by byte") {
    CHECK(escape_controls("\xff") == "\\xff");
    CHECK(escape_controls("\xc0\xaf") == "\\xc0\\xaf");                    // overlong
    CHECK(escape_controls("\xe0\x80\xaf") == "\\xe0\\x80\\xaf");           // overlong
    CHECK(escape_controls("\xed\xa0\x80") == "\\xed\\xa0\\x80");           // surrogate
    CHECK(escape_controls("\xf4\x90\x80\x80") == "\\xf4\\x90\\x80\\x80");  // beyond U+10FFFF
    CHECK(escape_controls("\xc3(") == "\\xc3(");
}

TEST_CASE("escape: text cut off at any byte is safe, and its whole characters stay") {
    const std::string text = "a\u00fc\u65e5\U0001f600\u009b\x1b[0m";
    for (std::size_t length = 0; length <= text.size(); ++length)
        CHECK(is_safe(escape_controls(text.substr(0, length))));
    CHECK(escape_controls(text.substr(0, 5)) == "a\u00fc\\xe6\\x97");
    CHECK(escape_controls(text.substr(0, 9)) == "a\u00fc\u65e5\\xf0\\x9f\\x98");
}

TEST_CASE("escape: every pair of bytes comes out safe") {
    for (int a = 0; a < 256; ++a)
        for (int b = 0; b < 256; ++b) {
            const std::string text{static_cast<char>(a), static_cast<char>(b)};
            if (!is_safe(escape_controls(text))) FAIL("bytes " << a << " " << b);
        }
}
