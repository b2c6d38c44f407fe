// SPDX-License-Identifier: Apache-2.0
#include "proto/fields.hpp"
#include <nlohmann/json.hpp>

namespace isag::proto {

using nlohmann::json;

FieldReader::FieldReader(const json& value, std::string where) : value_(value), where_(std::move(where)) {
    if (!value_.is_object()) failure_ = Failure{where_ + " is not an object"};
}

const json* FieldReader::take(const char* key) {
    known_.insert(key);
    if (failure_) return nullptr;
    const auto it = value_.find(key);
    if (it == value_.end()) {
        failure_ = Failure{where_ + ": '" + key + "' is missing"};
        return nullptr;
    }
    return &*it;
}

bool FieldReader::absent(const char* key) {
    known_.insert(key);
    return failure_ || !value_.contains(key);
}

void FieldReader::wrong(const std::string& key, const char* wanted) {
    if (!failure_) failure_ = Failure{where_ + ": '" + key + "' is not " + wanted};
}

void FieldReader::operator()(const char* key, bool& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_boolean()) return wrong(key, "true or false");
    out = value->get<bool>();
}

void FieldReader::operator()(const char* key, std::int64_t& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_number_integer() || (value->is_number_unsigned() && value->get<std::uint64_t>() > INT64_MAX))
        return wrong(key, "a whole number");
    out = value->get<std::int64_t>();
}

void FieldReader::operator()(const char* key, double& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_number()) return wrong(key, "a number");
    out = value->get<double>();
}

void FieldReader::operator()(const char* key, std::string& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_string()) return wrong(key, "a string");
    out = value->get<std::string>();
}

void FieldReader::operator()(const char* key, std::vector<std::string>& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_array()) return wrong(key, "a list of strings");
    for (const auto& item : *value) {
        if (!item.is_string()) return wrong(key, "a list of strings");
        out.push_back(item.get<std::string>());
    }
}

void FieldReader::operator()(const char* key, std::vector<std::int64_t>& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_array()) return wrong(key, "a list of whole numbers");
    for (const auto& item : *value) {
        if (!item.is_number_integer()) return wrong(key, "a list of whole numbers");
        out.push_back(item.get<std::int64_t>());
    }
}

void FieldReader::operator()(const char* key, std::map<std::string, std::string>& out) {
    const json* value = take(key);
    if (!value) return;
    if (!value->is_object()) return wrong(key, "a map of strings");
    for (const auto& [name, item] : value->items()) {
        if (!item.is_string()) return wrong(key, "a map of strings");
        out.emplace(name, item.get<std::string>());
    }
}

std::size_t FieldReader::array_size(const char* key) {
    const json* value = take(key);
    if (!value) return 0;
    if (!value->is_array()) wrong(key, "a list");
    return value->is_array() ? value->size() : 0;
}

FieldReader FieldReader::element(const char* key, std::size_t index) {
    return FieldReader(value_.at(key).at(index), where_ + "." + key + "[" + std::to_string(index) + "]");
}

FieldReader FieldReader::member(const char* key) {
    static const json nothing = json::object();
    const json* value = take(key);
    return FieldReader(value ? *value : nothing, where_ + "." + key);
}

void FieldReader::absorb(FieldReader& child) {
    const auto failure = child.finish();
    if (!failure_) failure_ = failure;
}

std::optional<Failure> FieldReader::finish() {
    if (failure_) return failure_;
    for (const auto& item : value_.items())
        if (!known_.contains(item.key())) return Failure{where_ + ": unknown key '" + item.key() + "'"};
    return std::nullopt;
}

FieldWriter::FieldWriter(json& object) : object_(object) {}

void FieldWriter::operator()(const char* key, bool& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, std::int64_t& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, double& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, std::string& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, std::vector<std::string>& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, std::vector<std::int64_t>& value) { object_[key] = value; }
void FieldWriter::operator()(const char* key, std::map<std::string, std::string>& value) { object_[key] = value; }

void FieldWriter::start_array(const char* key) { object_[key] = json::array(); }

FieldWriter FieldWriter::append(const char* key) {
    auto& array = object_[key];
    array.push_back(json::object());
    return FieldWriter(array.back());
}

FieldWriter FieldWriter::start_object(const char* key) {
    object_[key] = json::object();
    return FieldWriter(object_[key]);
}

}  // namespace isag::proto
