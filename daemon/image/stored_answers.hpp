// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

namespace isag::image {

struct StoredAnswer {
    std::string text;
    std::int64_t time = 0;  // when it was asked, seconds since 1970
};

// Answers to slow questions, kept in one JSON file in the cache folder. A file that can't be read counts as empty;
// beyond its limit the oldest answers go.
class StoredAnswers {
public:
    explicit StoredAnswers(std::filesystem::path file, std::size_t limit = 64);
    std::optional<StoredAnswer> find(const std::string& question) const;
    // Reads the file again first, so that another writer's answers stay. A cache that can't be written is no error.
    void put(const std::string& question, StoredAnswer answer);

private:
    std::filesystem::path file_;
    std::size_t limit_;
};

}  // namespace isag::image
