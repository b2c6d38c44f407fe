// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/covers.hpp"
#include "tests/support/failures.hpp"
#include <doctest/doctest.h>

namespace isag::sandbox {
namespace {

const EmptySources nothing{"/empty/file", "/empty/folder"};
const std::vector<BindMount> persons{{"/home/pat/web", "/workspace/project", false},
                                     {"/home/pat/web/data", "/workspace/project/data", true},
                                     {"/home/pat/keys", "/keys", false}};

std::vector<Covered> covered(const std::vector<Overlay>& overlays) {
    auto planned = lay_out(persons, overlays, nothing);
    planned.push_back({"/run/hosts", "/etc/hosts", true});  // isag's own
    return covered_by(planned, persons, nothing);
}

}  // namespace

TEST_CASE("covered_by: what hides and protects, with what it lies over, and folders on the way there") {
    CHECK(covered({{"/home/pat/web/.env", Overlay::Kind::empty_file}}) ==
          std::vector<Covered>{{"empty-file:/workspace/project/.env", "/home/pat/web/.env"}});
    CHECK(covered({{"/home/pat/web/.git/config", Overlay::Kind::read_only}}) ==
          std::vector<Covered>{{"pin:/workspace/project/.git", "/home/pat/web/.git"},
                               {"read-only:/workspace/project/.git/config", "/home/pat/web/.git/config"}});
    CHECK(covered({{"/home/pat/web/data/secret", Overlay::Kind::empty_folder}}) ==
          std::vector<Covered>{{"empty-folder:/workspace/project/data/secret", "/home/pat/web/data/secret"}});
    CHECK(covered({{"/home/pat/keys", Overlay::Kind::empty_folder}}) ==
          std::vector<Covered>{{"empty-folder:/keys", "/home/pat/keys"}});
    CHECK(covered({}) == std::vector<Covered>{});
}

TEST_CASE("missing_from: what is not mounted, or can be written where that is forbidden") {
    const std::vector<Covered> all{{"pin:/p/.git", "/h/.git"}, {"read-only:/p/.git/config", "/h/.git/config"}};
    CHECK(missing_from({{"/p", false}, {"/p/.git", false}, {"/p/.git/config", true}}, all).empty());
    CHECK(missing_from({{"/p", false}, {"/p/.git", false}, {"/p/.git/config", false}}, all) ==
          std::vector<Covered>{all[1]});
    CHECK(missing_from({{"/p", false}, {"/p/.git2", false}, {"/p/.git2/config", true}}, all) == all);
    CHECK(missing_from({{"/p", false}, {"/p/.git//deleted", false}}, all) == all);
    CHECK(missing_from({}, {{"no cover", "/h"}}) == std::vector<Covered>{{"no cover", "/h"}});
}

TEST_CASE("read_only_among, to_check: what isag-cover looks for holders of") {
    const std::vector<Covered> all{
        {"pin:/p/.git", "/h/.git"}, {"read-only:/p/.git/config", "/h/.git/config"}, {"empty-file:/p/.env", "/h/.env"}};
    CHECK(read_only_among(all) == std::vector<Covered>{all[1]});
    CHECK(to_check(all[1]) == Covered{"check:/p/.git/config", "/h/.git/config"});
}

TEST_CASE("a cover's text is read as it was written") {
    using proto::cover::Cover;
    using proto::cover::Kind;
    for (const auto& [kind, name] : proto::cover::kinds) {
        const Cover cover{kind, "/p/a b:c"};
        CHECK(proto::cover::from_text(proto::cover::to_text(cover)) == cover);
    }
    for (const char* text : {"", "pin", "pin:", "pin:p", "Pin:/p", "pin /p", ":/p"})
        CHECK_FALSE(proto::cover::from_text(text).has_value());
}

}  // namespace isag::sandbox
