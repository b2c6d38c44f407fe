// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/person.hpp"
#include <doctest/doctest.h>

using namespace isag::sandbox;

namespace {
bool is(const Person& person, uid_t uid, gid_t gid) { return person.uid == uid && person.gid == gid; }
}  // namespace

TEST_CASE("agent_of: an ordinary person is the agent, whoever owns the project") {
    CHECK(is(agent_of({501, 20}, {0, 0}), 501, 20));
    CHECK(is(agent_of({501, 20}, {7, 7}), 501, 20));
}

TEST_CASE("agent_of: for root it is the project's owner, else 1000") {
    CHECK(is(agent_of({0, 0}, {501, 20}), 501, 20));
    CHECK(is(agent_of({0, 0}, {0, 0}), 1000, 1000));
    CHECK(is(agent_of({0, 0}, {0, 20}), 1000, 1000));
}

TEST_CASE("agent_of: neither uid nor gid is ever 0") {
    CHECK(is(agent_of({0, 0}, {501, 0}), 501, 501));
    CHECK(is(agent_of({501, 0}, {7, 7}), 501, 501));
}

TEST_CASE("can_write: the bits of the first class that fits, and both of them") {
    const Person person{10, 20};
    CHECK(can_write(person, {10, 0, 0700}));
    CHECK_FALSE(can_write(person, {10, 20, 0577}));
    CHECK_FALSE(can_write(person, {10, 0, 0600}));  // to make files one has to enter
    CHECK(can_write(person, {0, 20, 0070}));
    CHECK_FALSE(can_write(person, {0, 20, 0707}));
    CHECK(can_write(person, {0, 0, 0007}));
    CHECK_FALSE(can_write(person, {0, 0, 0775}));
}
