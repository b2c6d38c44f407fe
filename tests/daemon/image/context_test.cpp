// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/context.hpp"
#include <archive.h>
#include <archive_entry.h>
#include <doctest/doctest.h>
#include <memory>

using namespace isag::image;

namespace {

// Each entry as "name mode uid mtime content".
std::vector<std::string> entries(const std::string& tar) {
    const std::unique_ptr<archive, decltype(&archive_read_free)> reader(archive_read_new(), archive_read_free);
    archive_read_support_format_tar(reader.get());
    REQUIRE(archive_read_open_memory(reader.get(), tar.data(), tar.size()) == ARCHIVE_OK);
    std::vector<std::string> out;
    archive_entry* entry = nullptr;
    while (archive_read_next_header(reader.get(), &entry) == ARCHIVE_OK) {
        std::string content(static_cast<std::size_t>(archive_entry_size(entry)), '\0');
        archive_read_data(reader.get(), content.data(), content.size());
        out.push_back(std::string(archive_entry_pathname(entry)) + " " + std::to_string(archive_entry_perm(entry)) +
                      " " + std::to_string(archive_entry_uid(entry)) + " " +
                      std::to_string(archive_entry_mtime(entry)) + " " + content);
    }
    return out;
}

}  // namespace

TEST_CASE("a build context holds its files sorted, root's, of time zero") {
    const auto tar = make_context({{"b/c.crt", "two"}, {"Dockerfile", "FROM x\n"}, {"b/a.crt", ""}}).value();
    const auto got = entries(tar);
    REQUIRE(got.size() == 3);
    CHECK(got[0] == "Dockerfile 420 0 0 FROM x\n");
    CHECK(got[1] == "b/a.crt 420 0 0 ");
    CHECK(got[2] == "b/c.crt 420 0 0 two");
}

TEST_CASE("the same files give the same bytes") {
    CHECK(make_context({{"a", "1"}, {"b", "2"}}).value() == make_context({{"b", "2"}, {"a", "1"}}).value());
}

TEST_CASE("contents of every length around a block arrive whole") {
    for (const std::size_t size : {1, 511, 512, 513, 1024, 100'000}) {
        const std::string content(size, 'c');
        const auto got = entries(make_context({{"a", content}, {std::string(100, 'n'), content}}).value());
        REQUIRE(got.size() == 2);
        CHECK(got[0] == "a 420 0 0 " + content);
        CHECK(got[1] == std::string(100, 'n') + " 420 0 0 " + content);
    }
    CHECK(entries(make_context({}).value()).empty());
}

TEST_CASE("a name that no archive can hold is a failure") {
    CHECK(!make_context({{std::string(101, 'x'), "1"}}));
    CHECK(!make_context({{"", "1"}}));
}
