// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/record.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

Record sample(const std::string& id) {
    Record record;
    record.id = id;
    record.nonce = "n";
    record.name = "web";
    record.agent = "claude";
    record.config = "/p/isag.yaml";
    record.project = "/p \"quoted\"";
    record.started = 1234;
    record.container = "c";
    record.main = 7;
    record.gate = GateRecord{"g", {"db"}};
    return record;
}

}  // namespace

TEST_CASE("RecordStore: what was saved is loaded, the last state of each") {
    test::TempFolder folder;
    const RecordStore store(folder.path() / "state");
    Record record = sample("0123456789ab");
    store.save(record);
    record.main = 8;
    store.save(record);
    const auto loaded = RecordStore(folder.path() / "state").load();
    REQUIRE(loaded.size() == 1);
    CHECK(loaded[0].id == record.id);
    CHECK(loaded[0].project == record.project);
    CHECK(loaded[0].main == 8);
    CHECK(loaded[0].gate->container == "g");
    CHECK(loaded[0].gate->networks == std::vector<std::string>{"db"});
    CHECK(loaded[0].identity().container_name() == "isag-web-0123456789ab");
    store.remove(record.id);
    store.remove(record.id);
    CHECK(store.load().empty());
}

TEST_CASE("RecordStore: nobody else can read it") {
    test::TempFolder folder;
    const RecordStore store(folder.path() / "state");
    store.save(sample("0123456789ab"));
    struct stat info {};
    ::stat((folder.path() / "state/sandboxes/0123456789ab.json").c_str(), &info);
    CHECK((info.st_mode & 077) == 0);
    ::stat((folder.path() / "state/sandboxes").c_str(), &info);
    CHECK((info.st_mode & 077) == 0);
}

TEST_CASE("RecordStore: what an isagd that was killed as it saved has left is removed") {
    test::TempFolder state;
    RecordStore(state.path());
    const auto left = state / "sandboxes" / "0123456789ab.json.unfinished-a1B2c3";
    write_file(left, "{");
    RecordStore(state.path());
    CHECK_FALSE(fs::exists(left));
}

TEST_CASE("RecordStore: a file that can't be read is left, and the others are loaded") {
    test::TempFolder folder;
    const RecordStore store(folder.path() / "state");
    const fs::path place = folder.path() / "state/sandboxes";
    store.save(sample("0123456789ab"));
    std::ofstream(place / "broken.json") << "{";
    std::ofstream(place / "empty.json") << "";
    std::ofstream(place / "list.json") << "[]\n";
    std::ofstream(place / "other.txt") << "x";
    fs::create_directory(place / "folder.json");
    REQUIRE(store.load().size() == 1);
    CHECK(fs::exists(place / "broken.json"));
}

TEST_CASE("RecordStore: a record is believed only under its own id, so that no id ever becomes a path") {
    test::TempFolder folder;
    const RecordStore store(folder.path() / "state");
    store.save(sample("0123456789ab"));
    const fs::path place = folder.path() / "state/sandboxes";
    fs::rename(place / "0123456789ab.json", place / "ba9876543210.json");
    CHECK(store.load().empty());
}

TEST_CASE("RecordStore: the owner is the same for each isagd, the instance is not") {
    test::TempFolder folder;
    const auto first = RecordStore(folder.path() / "state").stray_labels();
    const auto second = RecordStore(folder.path() / "state").stray_labels();
    CHECK(first.at("isag.owner").size() == 32);
    CHECK(first.at("isag.owner") == second.at("isag.owner"));
    CHECK(first.at("isag.instance") != second.at("isag.instance"));
}

TEST_CASE("random_hex: as many digits as asked for, never the same") {
    CHECK(random_hex(12).size() == 12);
    CHECK(random_hex(32).find_first_not_of("0123456789abcdef") == std::string::npos);
    CHECK(random_hex(32) != random_hex(32));
}
