// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/output_log.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <filesystem>
#include <unistd.h>

namespace isag::terminal {
namespace {

std::string text_of(const std::vector<OutputLog::Part>& parts) {
    std::string out;
    for (const auto& part : parts) {
        std::string text(static_cast<std::size_t>(part.size), '\0');
        REQUIRE(::pread(part.file.get(), text.data(), text.size(), 0) == part.size);
        out += text;
    }
    return out;
}

}  // namespace

TEST_CASE("what was printed can be read, and restored from the last checkpoint on") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog log(path, folder / "intake");
    CHECK(!log.restore());
    log.append("before ");
    log.checkpoint({30, 100}, "painted\nwith lines");
    log.append("after");
    CHECK(text_of(OutputLog::open_parts(path)) == "before after");
    const auto restored = log.restore();
    REQUIRE(restored);
    CHECK(restored->size.rows == 30);
    CHECK(restored->size.columns == 100);
    CHECK(restored->painted == "painted\nwith lines");
    CHECK(restored->output == "after");
}

TEST_CASE("another log of the same folder goes on") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog(path, folder / "intake").append("one ");
    OutputLog log(path, folder / "intake");
    log.append("two");
    CHECK(text_of(OutputLog::open_parts(path)) == "one two");
}

TEST_CASE("the log is bounded: two files of 4 MiB and what comes between two checkpoints") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog log(path, folder / "intake");
    log.checkpoint({24, 80}, "start");
    const std::string block(1 << 20, 'x');
    for (int i = 0; i < 20; ++i) {
        log.append(block);
        if (log.is_full()) log.checkpoint({24, 80}, "at " + std::to_string(i));
    }
    log.append("the end");
    const auto parts = OutputLog::open_parts(path);
    CHECK(parts.size() == 2);
    CHECK(text_of(parts).size() <= 2 * OutputLog::most_bytes_each + 7);
    CHECK(text_of(parts).ends_with("the end"));
    const auto restored = log.restore();
    REQUIRE(restored);
    CHECK(restored->painted == "at 19");
    CHECK(restored->output == "the end");
}

TEST_CASE("a checkpoint that is no such thing counts as none") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog log(path, folder / "intake");
    log.checkpoint({24, 80}, "fine");
    for (const std::string content : {"", "\n", "{}\nx", "{\"part\":1}\n", "no json\n"}) {
        CAPTURE(content);
        write_file(path / "checkpoint", content);
        CHECK(!log.restore());
    }
}

TEST_CASE("a log that can't be written does not hold anything up") {
    const test::TempFolder folder;
    const auto path = folder.path() / "log";
    OutputLog log(path, folder / "intake");
    std::filesystem::remove_all(path);
    log.append("into a file that has no name any more");
    log.checkpoint({24, 80}, "into a folder that is gone");
    CHECK(OutputLog::open_parts(path).empty());
}

}  // namespace isag::terminal
