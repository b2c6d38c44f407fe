// SPDX-License-Identifier: Apache-2.0
#include "proto/fields.hpp"
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using nlohmann::json;

namespace {

struct Inner {
    std::int64_t number = 0;
};
template <class F>
void fields(F& f, Inner& m) {
    f("number", m.number);
}

struct Outer {
    bool flag = false;
    double share = 0;
    std::string text;
    std::vector<std::string> list;
    std::map<std::string, std::string> map;
    std::optional<std::string> maybe;
    std::optional<Inner> maybe_inner;
    Inner inner;
    std::vector<Inner> inners;
};
template <class F>
void fields(F& f, Outer& m) {
    f("flag", m.flag);
    f("share", m.share);
    f("text", m.text);
    f("list", m.list);
    f("map", m.map);
    f("maybe", m.maybe);
    f("maybe_inner", m.maybe_inner);
    f("inner", m.inner);
    f("inners", m.inners);
}

json full() {
    return json::parse(R"({"flag":true,"share":0.5,"text":"t","list":["a","b"],"map":{"k":"v"},"maybe":"m",
        "maybe_inner":{"number":1},"inner":{"number":-2},"inners":[{"number":3},{"number":4}]})");
}

std::string why_bad(const json& value) {
    const auto outer = isag::proto::from_json<Outer>(value, "outer");
    return outer ? "it was taken" : outer.error().message;
}

std::string why_bad_with(const char* pointer, const json& changed) {
    json value = full();
    value[json::json_pointer(pointer)] = changed;
    return why_bad(value);
}

}  // namespace

TEST_CASE("fields: a struct of every kind of field survives the round trip") {
    const auto outer = isag::proto::from_json<Outer>(full(), "outer");
    REQUIRE(outer.has_value());
    CHECK(outer->flag);
    CHECK(outer->share == 0.5);
    CHECK(outer->list == std::vector<std::string>{"a", "b"});
    CHECK(outer->map.at("k") == "v");
    CHECK(outer->maybe == "m");
    CHECK(outer->maybe_inner->number == 1);
    CHECK(outer->inner.number == -2);
    CHECK(outer->inners.at(1).number == 4);
    CHECK(isag::proto::to_json(*outer) == full());
}

TEST_CASE("fields: optional ones that hold nothing are not written and may be missing") {
    json value = full();
    value.erase("maybe");
    value.erase("maybe_inner");
    const auto outer = isag::proto::from_json<Outer>(value, "outer");
    REQUIRE(outer.has_value());
    CHECK_FALSE(outer->maybe);
    CHECK_FALSE(outer->maybe_inner);
    CHECK(isag::proto::to_json(*outer) == value);
}

TEST_CASE("fields: any other key that is missing is named") {
    for (const char* key : {"flag", "share", "text", "list", "map", "inner", "inners"}) {
        json value = full();
        value.erase(key);
        CHECK(why_bad(value) == "outer: '" + std::string(key) + "' is missing");
    }
    CHECK(why_bad_with("/inners/1", json::object()) == "outer.inners[1]: 'number' is missing");
}

TEST_CASE("fields: a value of another type is named with what it should be") {
    CHECK(why_bad_with("/flag", 1) == "outer: 'flag' is not true or false");
    CHECK(why_bad_with("/share", "0.5") == "outer: 'share' is not a number");
    CHECK(why_bad_with("/text", nullptr) == "outer: 'text' is not a string");
    CHECK(why_bad_with("/list", "a") == "outer: 'list' is not a list of strings");
    CHECK(why_bad_with("/list/1", 2) == "outer: 'list' is not a list of strings");
    CHECK(why_bad_with("/map", json::array()) == "outer: 'map' is not a map of strings");
    CHECK(why_bad_with("/map/k", 2) == "outer: 'map' is not a map of strings");
    CHECK(why_bad_with("/maybe", nullptr) == "outer: 'maybe' is not a string");
    CHECK(why_bad_with("/inner", 1) == "outer.inner is not an object");
    CHECK(why_bad_with("/inners", json::object()) == "outer: 'inners' is not a list");
    CHECK(why_bad_with("/inners/0", 1) == "outer.inners[0] is not an object");
    CHECK(why_bad(json::array()) == "outer is not an object");
}

TEST_CASE("fields: whole numbers are whole and fit") {
    CHECK(why_bad_with("/inner/number", INT64_MAX) == "it was taken");
    CHECK(why_bad_with("/inner/number", INT64_MIN) == "it was taken");
    for (const json& wrong : {json(1.0), json(static_cast<std::uint64_t>(INT64_MAX) + 1), json("1"), json(true)})
        CHECK(why_bad_with("/inner/number", wrong) == "outer.inner: 'number' is not a whole number");
}

TEST_CASE("fields: an unknown key is named where it is") {
    CHECK(why_bad_with("/surprise", 1) == "outer: unknown key 'surprise'");
    CHECK(why_bad_with("/inners/1/surprise", 1) == "outer.inners[1]: unknown key 'surprise'");
    CHECK(why_bad_with("/maybe_inner/surprise", 1) == "outer.maybe_inner: unknown key 'surprise'");
}
