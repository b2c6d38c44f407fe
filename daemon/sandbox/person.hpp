// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <string>
#include <sys/types.h>
#include <vector>

namespace isag::sandbox {

// Whose rights the agent has (security.md S1): the person's; for root those of the project folder's owner, or, where
// that is root too, 1000:1000. Never 0.
struct Person {
    uid_t uid = 0;
    gid_t gid = 0;
};

// `owner` owns the project folder.
Person agent_of(Person daemon, Person owner);

// What stat(2) says of a folder, as far as access is concerned.
struct Ownership {
    uid_t uid = 0;
    gid_t gid = 0;
    mode_t mode = 0;
};

// May this person make files there? (Mode bits only: no ACLs.)
bool can_write(const Person& person, const Ownership& folder);

}  // namespace isag::sandbox
