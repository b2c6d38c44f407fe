// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/stored_answers.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <nlohmann/json.hpp>

using nlohmann::json;

namespace isag::image {
namespace {

std::map<std::string, StoredAnswer> load(const std::filesystem::path& file) {
    std::map<std::string, StoredAnswer> answers;
    const auto text = read_file(file);
    if (!text) return answers;
    const json object = json::parse(*text, nullptr, false);
    if (!object.is_object()) return answers;
    for (const auto& item : object.items()) {
        const json& value = item.value();
        if (!value.is_object() || !value.contains("text") || !value["text"].is_string()) continue;
        if (!value.contains("time") || !value["time"].is_number_integer()) continue;
        answers[item.key()] = {value["text"].get<std::string>(), value["time"].get<std::int64_t>()};
    }
    return answers;
}

void drop_oldest(std::map<std::string, StoredAnswer>& answers) {
    const auto older = [](const auto& a, const auto& b) { return a.second.time < b.second.time; };
    answers.erase(std::min_element(answers.begin(), answers.end(), older));
}

}  // namespace

StoredAnswers::StoredAnswers(std::filesystem::path file, std::size_t limit) : file_(std::move(file)), limit_(limit) {}

std::optional<StoredAnswer> StoredAnswers::find(const std::string& question) const {
    const auto answers = load(file_);
    const auto found = answers.find(question);
    if (found == answers.end()) return {};
    return found->second;
}

void StoredAnswers::put(const std::string& question, StoredAnswer answer) {
    auto answers = load(file_);
    answers[question] = std::move(answer);
    while (answers.size() > limit_) drop_oldest(answers);
    json object = json::object();
    for (const auto& [key, value] : answers) object[key] = {{"text", value.text}, {"time", value.time}};
    std::error_code ignored;
    std::filesystem::create_directories(file_.parent_path(), ignored);
    try {
        write_file(file_, object.dump(1, ' ', false, json::error_handler_t::replace) + "\n");
    } catch (const Error&) {
        // The next run asks again.
    }
}

}  // namespace isag::image
