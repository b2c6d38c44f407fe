// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/nearest.hpp"
#include <doctest/doctest.h>

namespace isag::config {

TEST_CASE("edits are counted, a swap as one") {
    CHECK(edit_distance("", "") == 0);
    CHECK(edit_distance("abc", "") == 3);
    CHECK(edit_distance("vendor", "vendro") == 1);
    CHECK(edit_distance("python", "pyton") == 1);
    CHECK(edit_distance("mount", "mounts") == 1);
    CHECK(edit_distance("kitten", "sitting") == 3);
}

TEST_CASE("the nearest key is one of the section, or of the same name elsewhere, or none") {
    const std::vector<std::string> known = {"env",       "env_files",        "mounts",
                                            "container", "container.python", "container.user"};
    CHECK(nearest_key("", "mount", known) == "mounts");
    CHECK(nearest_key("", "env-files", known) == "env_files");
    CHECK(nearest_key("container", "phyton", known) == "container.python");
    CHECK(nearest_key("", "python", known) == "container.python");
    CHECK(nearest_key("container", "mounts", known) == "mounts");
    CHECK(nearest_key("container", "nonsense", known) == "");
    CHECK(nearest_key("", "x", known) == "");
    CHECK(nearest_key("", std::string(100'000, 'x'), known) == "");
}

}  // namespace isag::config
