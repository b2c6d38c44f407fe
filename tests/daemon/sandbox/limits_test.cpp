// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/limits.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

// Hierarchies of control groups, as files.
struct Hierarchies {
    test::TempFolder folder;
    void write(const fs::path& name, const std::string& text) {
        fs::create_directories((folder.path() / name).parent_path());
        std::ofstream(folder.path() / name) << text << "\n";
    }
    ControlGroups groups(const std::string& text) { return ControlGroups(text, folder.path()); }
};

Plan with_limits() {
    Plan plan;
    plan.memory = 1000;
    plan.pids = 100;
    plan.cpus = 1.5;
    return plan;
}

constexpr const char* first_version = "9:name=systemd:/\n8:pids:/box\n4:memory:/box\n1:cpu,cpuacct:/box\n0::/\n";

}  // namespace

TEST_CASE("limits_notice: nothing where version 1 enforces all of them") {
    Hierarchies h;
    h.write("pids/box/pids.max", "100");
    h.write("memory/box/memory.limit_in_bytes", "1000");
    h.write("cpu/box/cpu.cfs_quota_us", "150000");
    h.write("cpu/box/cpu.cfs_period_us", "100000");
    CHECK_FALSE(limits_notice(h.groups(first_version), with_limits()));
}

TEST_CASE("limits_notice: nothing where version 2 enforces them, be it in a group above") {
    Hierarchies h;
    h.write("user/scope/container/pids.max", "max");
    h.write("user/scope/pids.max", "100");
    h.write("user/scope/memory.max", "1000");
    h.write("user/scope/cpu.max", "150000 100000");
    CHECK_FALSE(limits_notice(h.groups("0::/user/scope/container\n"), with_limits()));
}

TEST_CASE("limits_notice: names what nothing enforces") {
    Hierarchies h;
    h.write("pids/box/pids.max", "max");
    h.write("memory/box/memory.limit_in_bytes", "9223372036854771712");
    h.write("cpu/box/cpu.cfs_quota_us", "-1");
    const auto notice = limits_notice(h.groups(first_version), with_limits());
    REQUIRE(notice);
    CHECK(notice->starts_with("the engine does not limit the sandbox's memory, number of processes and processors"));
    h.write("memory/box/memory.limit_in_bytes", "1000");
    h.write("pids/box/pids.max", "100");
    CHECK(limits_notice(h.groups(first_version), with_limits())
              ->starts_with("the engine does not limit the sandbox's "
                            "processors, so"));
}

TEST_CASE("limits_notice: a limit that can't be read counts as none, one that was not asked for is not missed") {
    Plan plan = with_limits();
    CHECK(limits_notice(ControlGroups(""), plan));
    plan.memory = 0;
    plan.pids = 0;
    plan.cpus = 0;
    CHECK_FALSE(limits_notice(ControlGroups(""), plan));
}

TEST_CASE("ControlGroups: version 2 beside version 1 is looked for where it is mounted then") {
    Hierarchies h;
    h.write("unified/box/memory.max", "7");
    const auto folders = h.groups("0::/box\n").folders("memory");
    REQUIRE(folders.size() == 2);
    CHECK(folders[0] == h.folder.path() / "unified/box");
    CHECK(number_in(folders[0] / "memory.max") == 7);
}

TEST_CASE("number_in: a number alone or behind its key; max, a missing key or file give none") {
    Hierarchies h;
    h.write("cpu.stat", "usage_usec 123\nuser_usec 45");
    h.write("pids.max", "max");
    CHECK(number_in(h.folder.path() / "cpu.stat", "usage_usec") == 123);
    CHECK(number_in(h.folder.path() / "cpu.stat", "user_usec") == 45);
    CHECK_FALSE(number_in(h.folder.path() / "cpu.stat", "nothing"));
    CHECK_FALSE(number_in(h.folder.path() / "pids.max"));
    CHECK_FALSE(number_in(h.folder.path() / "absent"));
}
