// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/stored_answers.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>

using isag::image::StoredAnswers;

TEST_CASE("an answer is found again by another reader of the file") {
    const isag::test::TempFolder folder;
    StoredAnswers(folder.path() / "new" / "a.json").put("what?", {"that\nway", 7});
    const auto found = StoredAnswers(folder.path() / "new" / "a.json").find("what?");
    REQUIRE(found);
    CHECK(found->text == "that\nway");
    CHECK(found->time == 7);
    CHECK(!StoredAnswers(folder.path() / "new" / "a.json").find("who?"));
}

TEST_CASE("beyond the limit the oldest answers go") {
    const isag::test::TempFolder folder;
    StoredAnswers answers(folder.path() / "a.json", 2);
    answers.put("one", {"1", 10});
    answers.put("two", {"2", 5});
    answers.put("three", {"3", 20});
    CHECK(answers.find("one"));
    CHECK(!answers.find("two"));
    CHECK(answers.find("three"));
}

TEST_CASE("a file that is no such file counts as empty and is replaced") {
    const isag::test::TempFolder folder;
    const auto file = folder.path() / "a.json";
    for (const char* content :
         {"", "[]", "{", "{\"q\": 1}", "{\"q\": {\"text\": 1, \"time\": 2}}", "{\"q\": {\"text\": \"x\"}}"}) {
        isag::write_file(file, content);
        CHECK(!StoredAnswers(file).find("q"));
    }
    StoredAnswers(file).put("q", {"x", 1});
    CHECK(StoredAnswers(file).find("q"));
}

TEST_CASE("a cache that can't be written is no error") {
    StoredAnswers answers("/proc/none/a.json");
    answers.put("q", {"x", 1});
    CHECK(!answers.find("q"));
}
