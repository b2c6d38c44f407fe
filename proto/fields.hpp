// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <set>
#include <string>
#include <vector>

// A message type is a plain struct with one function beside it that names its fields once, for both directions:
//
//     struct Resize { std::int64_t rows = 0, columns = 0; };
//     template <class F> void fields(F& f, Resize& m) { f("rows", m.rows); f("columns", m.columns); }
//
// from_json() takes it strictly: a key that is missing (unless optional), of another type or unknown is a failure.
namespace isag::proto {

class FieldReader {
public:
    FieldReader(const nlohmann::json& value, std::string where);

    void operator()(const char* key, bool& out);
    void operator()(const char* key, std::int64_t& out);
    void operator()(const char* key, double& out);
    void operator()(const char* key, std::string& out);
    void operator()(const char* key, std::vector<std::string>& out);
    void operator()(const char* key, std::vector<std::int64_t>& out);
    void operator()(const char* key, std::map<std::string, std::string>& out);
    template <class T>
    void operator()(const char* key, std::optional<T>& out) {
        if (absent(key)) return;
        (*this)(key, out.emplace());
    }
    template <class T>
    void operator()(const char* key, std::vector<T>& out) {
        for (std::size_t i = 0; i < array_size(key); ++i) {
            FieldReader child = element(key, i);
            fields(child, out.emplace_back());
            absorb(child);
        }
    }
    template <class T>
    void operator()(const char* key, T& out) {
        FieldReader child = member(key);
        fields(child, out);
        absorb(child);
    }
    // The first thing that was wrong, unknown keys included; nothing where all is well.
    std::optional<Failure> finish();

private:
    const nlohmann::json* take(const char* key);
    bool absent(const char* key);
    std::size_t array_size(const char* key);
    FieldReader element(const char* key, std::size_t index);
    FieldReader member(const char* key);
    void absorb(FieldReader& child);
    void wrong(const std::string& key, const char* wanted);

    const nlohmann::json& value_;
    std::string where_;
    std::set<std::string> known_;
    std::optional<Failure> failure_;
};

class FieldWriter {
public:
    explicit FieldWriter(nlohmann::json& object);

    void operator()(const char* key, bool& value);
    void operator()(const char* key, std::int64_t& value);
    void operator()(const char* key, double& value);
    void operator()(const char* key, std::string& value);
    void operator()(const char* key, std::vector<std::string>& value);
    void operator()(const char* key, std::vector<std::int64_t>& value);
    void operator()(const char* key, std::map<std::string, std::string>& value);
    template <class T>
    void operator()(const char* key, std::optional<T>& value) {
        if (value) (*this)(key, *value);
    }
    template <class T>
    void operator()(const char* key, std::vector<T>& values) {
        start_array(key);
        for (auto& value : values) {
            FieldWriter child = append(key);
            fields(child, value);
        }
    }
    template <class T>
    void operator()(const char* key, T& value) {
        FieldWriter child = start_object(key);
        fields(child, value);
    }

private:
    void start_array(const char* key);
    FieldWriter append(const char* key);
    FieldWriter start_object(const char* key);

    nlohmann::json& object_;
};

// The JSON of a message; all of its keys, but for optional ones that hold nothing.
// (Json is a parameter only so that the type may be incomplete here.)
template <class T, class Json = nlohmann::json>
Json to_json(T message) {
    Json object = Json::object();
    FieldWriter writer(object);
    fields(writer, message);
    return object;
}

// The message in the JSON, or the first thing that is wrong with it; `what` names it in that text.
template <class T>
Result<T> from_json(const nlohmann::json& value, const std::string& what) {
    T message{};
    FieldReader reader(value, what);
    fields(reader, message);
    if (auto failure = reader.finish()) return *failure;
    return message;
}

}  // namespace isag::proto
