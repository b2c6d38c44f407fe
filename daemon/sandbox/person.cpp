// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/person.hpp"
#include <sys/stat.h>

namespace isag::sandbox {

namespace {
constexpr Person fallback{1000, 1000};
}

Person agent_of(Person daemon, Person owner) {
    const Person person = daemon.uid != 0 ? daemon : owner;
    if (person.uid == 0) return fallback;
    return {person.uid, person.gid == 0 ? static_cast<gid_t>(person.uid) : person.gid};
}

bool can_write(const Person& person, const Ownership& folder) {
    constexpr mode_t enter_and_write = 03;
    if (folder.uid == person.uid) return (folder.mode >> 6 & enter_and_write) == enter_and_write;
    if (folder.gid == person.gid) return (folder.mode >> 3 & enter_and_write) == enter_and_write;
    return (folder.mode & enter_and_write) == enter_and_write;
}

}  // namespace isag::sandbox
