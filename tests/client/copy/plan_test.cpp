// SPDX-License-Identifier: Apache-2.0
#include "client/copy/plan.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

constexpr bool is_file = false;
constexpr bool is_folder = true;

// "into:top", "beside:top", or the message.
std::string planned(bool source_is_folder, const std::string& source, CopyTarget target,
                    const std::string& destination) {
    const auto plan =
        plan_copy(source_is_folder, split_copy_path(source), target, split_copy_path(destination), destination);
    if (!plan) return plan.error().message;
    return (plan->into ? "into:" : "beside:") + plan->top;
}

}  // namespace

TEST_CASE("a file is copied into a folder, over a file, or under a new name") {
    CHECK(planned(is_file, "s/f", CopyTarget::folder, "d") == "into:f");
    CHECK(planned(is_file, "s/f", CopyTarget::folder, "d/") == "into:f");
    CHECK(planned(is_file, "s/f", CopyTarget::folder, "d/.") == "into:f");
    CHECK(planned(is_file, "s/f", CopyTarget::file, "x/d") == "beside:d");
    CHECK(planned(is_file, "s/f", CopyTarget::missing, "x/d") == "beside:d");
    CHECK(planned(is_file, "s/f", CopyTarget::missing, "d/") == "there is no folder d/");
    CHECK(planned(is_file, "s/f", CopyTarget::missing, "d/.") == "there is no folder d/.");
    CHECK(planned(is_file, "s/f", CopyTarget::file, "d/") == "d/ is no folder");
    CHECK(planned(is_file, "s/f/", CopyTarget::folder, "d") == "what is to be copied is no folder");
}

TEST_CASE("a folder is copied into a folder, or what is in it, or becomes a new one") {
    CHECK(planned(is_folder, "x/s", CopyTarget::folder, "d") == "into:s");
    CHECK(planned(is_folder, "x/s/", CopyTarget::folder, "d") == "into:s");
    CHECK(planned(is_folder, "x/s/.", CopyTarget::folder, "d") == "into:");
    CHECK(planned(is_folder, ".", CopyTarget::folder, "d") == "into:");
    CHECK(planned(is_folder, "x/s", CopyTarget::missing, "d") == "beside:d");
    CHECK(planned(is_folder, "x/s/.", CopyTarget::missing, "d") == "beside:d");
    CHECK(planned(is_folder, "x/s", CopyTarget::missing, "d/") == "beside:d");
    CHECK(planned(is_folder, "x/s", CopyTarget::missing, "d/.") == "there is no folder d/.");
    CHECK(planned(is_folder, "x/s", CopyTarget::file, "d") == "cannot copy a folder to d, which is a file");
}

}  // namespace isag
