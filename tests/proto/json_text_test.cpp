// SPDX-License-Identifier: Apache-2.0
#include "proto/json_text.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using proto::parse_object;

namespace {

std::string nested(int depth, const std::string& open, const std::string& innermost, const std::string& close) {
    std::string text;
    for (int i = 0; i < depth; ++i) text += open;
    text += innermost;
    for (int i = 0; i < depth; ++i) text += close;
    return text;
}

}  // namespace

TEST_CASE("json text: an object is taken, and written on one line") {
    const std::string text = R"({"a":[1,-2,0.5,true,null],"b":{"c":"\u00e4\n"}})";
    const auto value = parse_object(text);
    REQUIRE(value.has_value());
    CHECK(proto::to_line(*value) == R"({"a":[1,-2,0.5,true,null],"b":{"c":"ä\n"}})");
}

TEST_CASE("json text: an object cut off at any byte is none") {
    const std::string text = R"({"key":["v\u00e4lue",{"x":1.5e3}],"y":true})";
    for (std::size_t length = 0; length < text.size(); ++length)
        CHECK(parse_object(text.substr(0, length)).has_error());
    CHECK(parse_object(text).has_value());
}

TEST_CASE("json text: what is not one object is refused") {
    for (const char* text : {"", " ", "null", "1", "\"text\"", "[]", "{} {}", "{},", "{'a':1}", "{a:1}", "{\"a\":1,}",
                             "{\"a\":NaN}", "{\"a\":01}", "/**/{}", "{\"a\":\"\t\"}"}) {
        CAPTURE(text);
        CHECK(parse_object(text).has_error());
    }
    CHECK(parse_object(std::string("{}\0", 3)).has_error());
}

TEST_CASE("json text: a key may come once in each object") {
    CHECK(parse_object(R"({"a":{"a":1},"b":[{"a":1},{"a":1}]})").has_value());
    CHECK(parse_object(R"({"a":1,"b":2,"a":3})").error().message == "bad message: the key \"a\" comes twice");
    CHECK(parse_object(R"({"x":[{"a":1,"\u0061":2}]})").has_error());
}

TEST_CASE("json text: objects and arrays nest 32 deep and no deeper") {
    CHECK(parse_object(nested(31, "{\"a\":", "{\"a\":1}", "}")).has_value());
    CHECK(parse_object("{\"a\":" + nested(30, "[", "[1]", "]") + "}").has_value());
    CHECK(parse_object(nested(32, "{\"a\":", "{}", "}")).error().message == "bad message: nested more than 32 deep");
    CHECK(parse_object("{\"a\":" + nested(32, "[", "1", "]") + "}").has_error());
    CHECK(parse_object("{\"a\":" + std::string(200000, '[')).has_error());
    CHECK(parse_object(nested(50000, "{\"a\":", "1", "}")).has_error());
}

TEST_CASE("json text: invalid UTF-8 is refused when read and replaced when written") {
    for (const char* bytes : {"\xff", "\xc3", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\x80"}) {
        CHECK(parse_object(std::string("{\"a\":\"") + bytes + "\"}").has_error());
        CHECK(parse_object(std::string("{\"") + bytes + "\":1}").has_error());
    }
    CHECK(parse_object(R"({"a":"\ud800"})").has_error());
    const nlohmann::json value = {{"a", "x\xffy"}};
    CHECK(proto::to_line(value) == "{\"a\":\"x\xef\xbf\xbdy\"}");
}
