// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/artifacts.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>

using namespace isag::image;

TEST_CASE("Dockerfile and context are put in place, and what is no longer part of them goes") {
    const isag::test::TempFolder folder;
    const auto slot = folder.path() / "slot";
    write_artifacts(slot, "FROM a\n", {{"certificates/a.crt", "one"}, {"certificates/b.crt", "two"}});
    CHECK(isag::read_file(slot / "Dockerfile").value() == "FROM a\n");
    CHECK(isag::read_file(slot / "context/certificates/b.crt").value() == "two");
    write_artifacts(slot, "FROM b\n", {{"certificates/a.crt", "three"}});
    CHECK(isag::read_file(slot / "Dockerfile").value() == "FROM b\n");
    CHECK(isag::read_file(slot / "context/certificates/a.crt").value() == "three");
    CHECK(!std::filesystem::exists(slot / "context/certificates/b.crt"));
}

TEST_CASE("artifacts are there once their Dockerfile is") {
    const isag::test::TempFolder folder;
    CHECK(!has_artifacts(folder.path(), "FROM a\n"));
    write_artifacts(folder.path(), "FROM a\n", {});
    CHECK(has_artifacts(folder.path(), "FROM a\n"));
    CHECK(!has_artifacts(folder.path(), "FROM b\n"));
}

TEST_CASE("a log file starts anew and ends each line") {
    const isag::test::TempFolder folder;
    const auto path = folder.path() / "build.log";
    LogFile(path).add("old");
    LogFile log(path);
    log.add("one");
    log.add("two\n");
    CHECK(isag::read_file(path).value() == "one\ntwo\n");
}
