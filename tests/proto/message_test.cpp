// SPDX-License-Identifier: Apache-2.0
#include "proto/message.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace isag;
using nlohmann::json;
using proto::parse_message;
using Type = proto::Message::Type;

namespace {

std::string why_bad_line(const std::string& line) {
    const auto message = parse_message(line);
    return message ? "it was taken" : message.error().message;
}

}  // namespace

TEST_CASE("message: a request comes back as it was written") {
    const auto message = parse_message(proto::request_line(7, "run", {{"a", "line\nfeed"}}));
    REQUIRE(message.has_value());
    CHECK(message->type == Type::request);
    CHECK(message->id == 7);
    CHECK(message->method == "run");
    CHECK(*message->payload == json{{"a", "line\nfeed"}});
    CHECK(message->fds == 0);
}

TEST_CASE("message: a notification has no id") {
    const auto message = parse_message(proto::notification_line("resize", {{"rows", 1}}));
    REQUIRE(message.has_value());
    CHECK(message->type == Type::notification);
    CHECK(message->method == "resize");
}

TEST_CASE("message: a result says how many descriptors come along") {
    const auto message = parse_message(proto::result_line(-3, {{"name", "x"}}, 3));
    REQUIRE(message.has_value());
    CHECK(message->type == Type::result);
    CHECK(message->id == -3);
    CHECK(message->fds == 3);
}

TEST_CASE("message: an error keeps its text, hint and kind") {
    for (const auto kind :
         {ErrorKind::failed, ErrorKind::usage, ErrorKind::not_executable, ErrorKind::not_found, ErrorKind::cancelled}) {
        const auto message = parse_message(proto::error_line(4, Error("no", "try", kind)));
        REQUIRE(message.has_value());
        CHECK(message->type == Type::error);
        CHECK(message->id == 4);
        REQUIRE(message->failure);
        CHECK(message->failure->message() == "no");
        CHECK(message->failure->hint() == "try");
        CHECK(message->failure->kind() == kind);
    }
}

TEST_CASE("message: an error of another program's is taken without data, or with a kind that is not known") {
    const auto plain = parse_message(R"({"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"no"}})");
    CHECK(plain->failure->kind() == ErrorKind::failed);
    const auto odd = parse_message(R"({"jsonrpc":"2.0","id":1,"error":{"message":"no","data":{"kind":"x","hint":1}}})");
    CHECK(odd->failure->kind() == ErrorKind::failed);
    CHECK(odd->failure->hint().empty());
}

TEST_CASE("message: missing params are an empty object") {
    const auto message = parse_message(R"({"jsonrpc":"2.0","id":1,"method":"ps"})");
    REQUIRE(message.has_value());
    CHECK(*message->payload == json::object());
}

TEST_CASE("message: an envelope that breaks a rule is refused with the rule") {
    CHECK(why_bad_line(R"({"id":1,"method":"m"})") == "bad message: 'jsonrpc' is not \"2.0\"");
    CHECK(why_bad_line(R"({"jsonrpc":2.0,"id":1,"method":"m"})") == "bad message: 'jsonrpc' is not \"2.0\"");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":"1","method":"m"})") == "bad message: 'id' is not a whole number");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1.5,"method":"m"})") == "bad message: 'id' is not a whole number");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":null,"method":"m"})") == "bad message: 'id' is not a whole number");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"method":1})") == "bad message: 'method' is not a string");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"method":"m","extra":1})") == "bad message: unknown key 'extra'");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","result":{}})") == "bad message: a response has to have an 'id'");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"error":{}})") == "bad message: 'error' has no message");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"error":"no"})") == "bad message: 'error' has no message");
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"error":{"message":"m","data":1}})") ==
          "bad message: 'error.data' is not an object");
    const std::string bodies = "bad message: it has to have one of 'method', 'result' and 'error'";
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1})") == bodies);
    CHECK(why_bad_line(R"({"jsonrpc":"2.0","id":1,"method":"m","result":{}})") == bodies);
}

TEST_CASE("message: descriptors are announced as a number up to eight") {
    CHECK(parse_message(R"({"jsonrpc":"2.0","id":1,"result":{},"fds":8})")->fds == 8);
    for (const char* fds : {"9", "-1", "1.0", "\"1\"", "null", "99999999999999999999"}) {
        CAPTURE(fds);
        const std::string line = R"({"jsonrpc":"2.0","id":1,"result":{},"fds":)" + std::string(fds) + "}";
        CHECK(why_bad_line(line) == "bad message: 'fds' is not a number up to 8");
    }
}

TEST_CASE("message: a line cut off at any byte is refused") {
    const std::string line = proto::error_line(4, Error("no", "try", ErrorKind::usage));
    for (std::size_t length = 0; length < line.size(); ++length)
        CHECK(parse_message(line.substr(0, length)).has_error());
}
