// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/verify.hpp"
#include "daemon/sandbox/mountinfo.hpp"
#include <doctest/doctest.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;

namespace {

// As the kernel writes it (proc(5)) for a process that is as S1 wants it.
const std::string good =
    "Name:\tisag-init\nUmask:\t0022\nState:\tS (sleeping)\nUid:\t1000\t1000\t1000\t1000\n"
    "Gid:\t1001\t1001\t1001\t1001\nGroups:\t1001 \nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
    "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"
    "Seccomp_filters:\t1\n";
const Person agent{1000, 1001};

std::string with(const std::string& line, const std::string& other) {
    std::string text = good;
    const auto at = text.find(line);
    REQUIRE(at != std::string::npos);
    return text.replace(at, line.size(), other);
}

std::string complaint(const std::string& text) {
    const auto failure = check_rights(parse_status(text), agent);
    return failure ? failure->message : "";
}

}  // namespace

TEST_CASE("check_rights: a process as S1 wants it passes") {
    CHECK(complaint(good) == "");
    CHECK(complaint(with("Groups:\t1001 \n", "Groups:\t \n")) == "");
}

TEST_CASE("check_rights: each violated rule is refused") {
    CHECK(complaint(with("Uid:\t1000\t1000", "Uid:\t1000\t0")) == "its user is not 1000");
    CHECK(complaint(with("Uid:\t1000\t1000\t1000\t1000", "Uid:\t1000\t1000\t1000\t0")) == "its user is not 1000");
    CHECK(complaint(with("Gid:\t1001\t1001\t1001\t1001", "Gid:\t1001\t1001\t0\t1001")) == "its group is not 1001");
    CHECK(complaint(with("Groups:\t1001 ", "Groups:\t1001 0 ")) == "it has the supplementary group 0");
    for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
        CAPTURE(set);
        const std::string line = std::string(set) + ":\t0000000000000000";
        CHECK(complaint(with(line, std::string(set) + ":\t0000000000002000")) == "it holds a capability");
        CHECK(complaint(with(line, std::string(set) + ":\t")) == "it holds a capability");
        CHECK(complaint(with(line + "\n", "")) == "it holds a capability");
        CHECK(complaint(with(line, "CapNew:\t0000000000000000")) == "it holds a capability");
    }
    CHECK(complaint(with("NoNewPrivs:\t1", "NoNewPrivs:\t0")) == "no-new-privileges is not set");
    CHECK(complaint(with("Seccomp:\t2", "Seccomp:\t0")) == "no seccomp filter is set");
    CHECK(complaint(with("Seccomp:\t2", "Seccomp:\t1")) == "no seccomp filter is set");
}

TEST_CASE("check_rights: a line that is missing counts as violated") {
    const char* lines[] = {"Uid:\t1000\t1000\t1000\t1000\n", "Gid:\t1001\t1001\t1001\t1001\n", "Groups:\t1001 \n",
                           "NoNewPrivs:\t1\n", "Seccomp:\t2\n"};
    for (const char* line : lines) {
        CAPTURE(line);
        CHECK(complaint(with(line, "")) != "");
    }
    CHECK(complaint("") != "");
    CHECK(complaint(with("Uid:\t1000\t1000\t1000\t1000", "Uid:\t1000")) != "");
    CHECK(complaint(with("Gid:\t1001\t1001\t1001\t1001", "Gid:\tnone")) != "");
}

TEST_CASE("check_rights: root is never the agent, even where it was planned so") {
    std::string text = with("Uid:\t1000\t1000\t1000\t1000", "Uid:\t0\t0\t0\t0");
    CHECK(check_rights(parse_status(text), {0, 1001}).has_value());
    text = with("Gid:\t1001\t1001\t1001\t1001", "Gid:\t0\t0\t0\t0");
    CHECK(check_rights(parse_status(text), {1000, 0}).has_value());
}

TEST_CASE("check_rights: the truncated text never passes before its last line") {
    const std::size_t needed = good.find("Seccomp:\t2") + std::string("Seccomp:\t2").size();
    for (std::size_t length = 0; length < needed; ++length) {
        CAPTURE(length);
        CHECK(complaint(good.substr(0, length)) != "");
    }
}

TEST_CASE("parse_mountinfo: paths with their escapes, and whether they can be written") {
    const auto mounts = parse_mountinfo(
        "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n"
        "37 35 98:0 /a /with\\040space\\134back ro,nosuid - ext4 /dev/x rw\n"
        "38 35 98:0 /a /rootless rw,relatime - overlay overlay rw,lowerdir=/x,ro\n"
        "39 35 98:0 /a /odd\\9z\\0 nosuid,ro - ext4 /dev/x ro\n");
    REQUIRE(mounts.size() == 4);
    CHECK(mounts[0].path == "/mnt2");
    CHECK_FALSE(mounts[0].read_only);
    CHECK(mounts[1].path == "/with space\\back");
    CHECK(mounts[1].read_only);
    CHECK_FALSE(mounts[2].read_only);
    CHECK(mounts[3].path == "/odd\\9z\\0");
    CHECK(mounts[3].read_only);
}

TEST_CASE("verify_container: an ordinary process of the host is no sandbox, and one that is gone neither") {
    Plan plan;
    plan.agent = agent;
    CHECK_THROWS_AS(verify_container(::getpid(), plan, {}, 1), Error);
    CHECK_THROWS_AS(verify_container(0x3fffffff, plan, {}, 1), Error);
}
