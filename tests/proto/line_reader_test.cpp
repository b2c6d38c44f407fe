// SPDX-License-Identifier: Apache-2.0
#include "proto/line_reader.hpp"
#include <doctest/doctest.h>
#include <vector>

using namespace isag;
using Lines = std::vector<std::string>;

namespace {

Lines take_all(proto::LineReader& reader) {
    Lines out;
    for (;;) {
        auto line = reader.next();
        REQUIRE(line.has_value());
        if (!*line) return out;
        out.push_back(std::move(**line));
    }
}

}  // namespace

TEST_CASE("line reader: lines split at every byte come out whole") {
    const std::string bytes = "one\n\ntwo words\r\n" + std::string("\0x\n", 3) + "last\n";
    const Lines expected{"one", "", "two words\r", std::string("\0x", 2), "last"};
    for (std::size_t at = 0; at <= bytes.size(); ++at) {
        proto::LineReader reader;
        reader.feed(bytes.substr(0, at));
        Lines lines = take_all(reader);
        reader.feed(bytes.substr(at));
        for (auto& line : take_all(reader)) lines.push_back(line);
        CHECK(lines == expected);
        CHECK_FALSE(reader.in_the_middle());
    }
}

TEST_CASE("line reader: bytes that come one by one are the same lines") {
    proto::LineReader reader;
    Lines lines;
    for (const char byte : std::string("ab\n\nc\n")) {
        reader.feed({&byte, 1});
        for (auto& line : take_all(reader)) lines.push_back(line);
    }
    CHECK(lines == Lines{"ab", "", "c"});
}

TEST_CASE("line reader: a line cut off at any byte is not given out") {
    const std::string line = "a line";
    for (std::size_t length = 0; length <= line.size(); ++length) {
        proto::LineReader reader;
        reader.feed("before\n" + line.substr(0, length));
        CHECK(take_all(reader) == Lines{"before"});
        CHECK(reader.in_the_middle() == (length > 0));
    }
}

TEST_CASE("line reader: a line of the greatest length passes, a longer one fails before its end comes") {
    proto::LineReader reader;
    reader.feed(std::string(proto::max_line, 'x'));
    CHECK(take_all(reader).empty());
    reader.feed("\nnext\n");
    CHECK(take_all(reader) == Lines{std::string(proto::max_line, 'x'), "next"});
    reader.feed(std::string(proto::max_line + 1, 'x'));
    CHECK(reader.next().error().message == "a message is longer than 1048576 bytes");
}

TEST_CASE("line reader: a line that is too long fails with its end there too") {
    proto::LineReader reader;
    reader.feed("good\n" + std::string(proto::max_line + 1, 'x') + "\n");
    CHECK(**reader.next() == "good");
    CHECK(reader.next().has_error());
}
