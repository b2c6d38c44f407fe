// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include <filesystem>
#include <string>

// Where the end-to-end tests run: who they are, which isag they drive, what all of them share.
namespace isag::test {

// Becomes the ordinary user of the tests (ISAG_TEST_USER) where this is root. Returns why the tests cannot run here;
// empty where they can.
std::string enter_place();

// The programs: those installed below ISAG_TEST_PREFIX, else this build's.
std::string isag_program();
std::string isagd_program();

// What an ordinary user's shell would have, without HOME and the XDG folders.
Environment clean_environment();

// One cache for all tests and runs of this user, so that each image is built once a machine.
std::filesystem::path shared_cache();

}  // namespace isag::test
