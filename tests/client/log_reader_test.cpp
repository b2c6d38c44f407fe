// SPDX-License-Identifier: Apache-2.0
#include "client/log_reader.hpp"
#include "proto/session.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <string>

namespace isag {
namespace fs = std::filesystem;

namespace {

struct LogFolder {
    fs::path file(int number) const { return scratch.path() / (std::to_string(number) + ".log"); }
    void append(int number, const std::string& text) const { std::ofstream(file(number), std::ios::app) << text; }
    // Makes it full without so many bytes to read.
    void fill(int number) const { fs::resize_file(file(number), static_cast<std::uintmax_t>(proto::full_log_file)); }
    std::vector<UniqueFd> open(std::initializer_list<int> numbers) const {
        std::vector<UniqueFd> files;
        for (const int number : numbers) files.emplace_back(::open(file(number).c_str(), O_RDONLY | O_CLOEXEC));
        return files;
    }
    test::TempFolder scratch;
};

std::string rest_of(LogReader& reader) {
    std::string text;
    for (auto some = reader.read(); !some.empty(); some = reader.read()) text += some;
    return text;
}

}  // namespace

TEST_CASE("a log is read on from where it was, when isagd names its files again") {
    const LogFolder log;
    log.append(1, "one ");
    log.append(2, "two ");
    LogReader reader(std::move(log.open({2}).front()), 4);
    CHECK(rest_of(reader) == "");
    log.append(2, "three ");
    CHECK(rest_of(reader) == "three ");
    CHECK(!reader.needs_files());
    log.append(2, "four ");
    CHECK(reader.take(log.open({1, 2})));
    CHECK(rest_of(reader) == "four ");
}

TEST_CASE("what a log's file still got before the next one was begun is read first, though it was removed") {
    const LogFolder log;
    log.append(1, "");
    log.fill(1);
    LogReader reader(std::move(log.open({1}).front()), proto::full_log_file);
    CHECK(reader.needs_files());
    log.append(1, "last ");
    log.append(2, "next ");
    log.fill(2);
    log.append(3, "newest");
    fs::remove(log.file(1));
    CHECK(reader.take(log.open({2, 3})));
    CHECK(!reader.needs_files());
    std::string text = rest_of(reader);
    std::erase(text, '\0');
    CHECK(text == "last next newest");
    log.append(3, "!");
    CHECK(reader.take(log.open({2, 3})));
    CHECK(rest_of(reader) == "!");
}

TEST_CASE("a log without a file yet is read from its beginning") {
    const LogFolder log;
    LogReader reader;
    CHECK(reader.needs_files());
    CHECK(rest_of(reader) == "");
    log.append(1, "one");
    CHECK(reader.take(log.open({1})));
    CHECK(rest_of(reader) == "one");
    CHECK(!reader.needs_files());
}

TEST_CASE("the log of another sandbox is not taken for this one's") {
    const LogFolder log;
    log.append(1, "one");
    LogReader reader(std::move(log.open({1}).front()), 0);
    log.append(2, "another's");
    CHECK_FALSE(reader.take(log.open({2})));
    CHECK(rest_of(reader) == "one");
}

}  // namespace isag
