// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/covers.hpp"
#include "tests/support/failures.hpp"
#include <doctest/doctest.h>

namespace isag::sandbox {
namespace {

const EmptySources nothing{"/empty/file", "/empty/folder"};
const std::vector<BindMount> persons{{"/home/pat/web", "/workspace/project", false},
                                     {"/srv/data", "/workspace/project/data", true},
                                     {"/home/pat/keys", "/keys", false}};

std::vector<Covered> covered(const std::vector<Overlay>& overlays) {
    auto planned = lay_out(persons, overlays, nothing);
    planned.push_back({"/run/hosts", "/etc/hosts", true});  // isag's own
    return covered_by(planned, persons, nothing);
}

}  // namespace

TEST_CASE("covered_by: what hides and protects, with what it lies over, and folders on the way there") {
    const std::string web = "/home/pat/web";
    CHECK(covered({{"/home/pat/web/.env", Overlay::Kind::empty_file}}) ==
          std::vector<Covered>{{"empty-file:/workspace/project/.env", web + "/.env", web}});
    CHECK(covered({{"/home/pat/web/.git/config", Overlay::Kind::read_only}}) ==
          std::vector<Covered>{{"pin:/workspace/project/.git", web + "/.git", web},
                               {"read-only:/workspace/project/.git/config", web + "/.git/config", web}});
    CHECK(covered({{"/srv/data/secret", Overlay::Kind::empty_folder}}) ==
          std::vector<Covered>{{"empty-folder:/workspace/project/data/secret", "/srv/data/secret", "/srv/data"}});
    CHECK(covered({{"/home/pat/keys", Overlay::Kind::empty_folder}}) ==
          std::vector<Covered>{{"empty-folder:/keys", "/home/pat/keys", "/home/pat/keys"}});
    CHECK(covered({}).empty());
}

TEST_CASE("covered_by: a path that the person binds onto itself, to have it read-only") {
    const std::vector<BindMount> mounts{{"/home/pat/web", "/workspace/project", false},
                                        {"/home/pat/web/rules", "/workspace/project/rules", true}};
    CHECK(covered_by(lay_out(mounts, {}, nothing), mounts, nothing) ==
          std::vector<Covered>{{"read-only:/workspace/project/rules", "/home/pat/web/rules", "/home/pat/web"}});
}

TEST_CASE("missing_from: what is not mounted, is something else, or can be written where that is forbidden") {
    const std::vector<Covered> all{{"pin:/p/.git", "/h/.git", "/h"},
                                   {"read-only:/p/.git/config", "/h/.git/config", "/h"}};
    CHECK(missing_from({{"/p", false, ""}, {"/p/.git", false, ""}, {"/p/.git/config", true, ""}}, all).empty());
    CHECK(missing_from({{"/p", false, ""}, {"/p/.git", false, ""}, {"/p/.git/config", false, ""}}, all) ==
          std::vector<Covered>{all[1]});
    CHECK(missing_from({{"/p", false, ""}, {"/p/.git2", false, ""}, {"/p/.git2/config", true, ""}}, all) == all);
    CHECK(missing_from({{"/p", false, ""}, {"/p/.git//deleted", false, ""}}, all) == all);

    const std::vector<Covered> hidden{{"empty-folder:/p/secrets", "/h/secrets", "/h"}};
    CHECK(missing_from({{"/p/secrets", true, "/run/isag/empty-folder"}}, hidden).empty());
    CHECK(missing_from({{"/p/secrets", true, "/h/.vscode"}}, hidden) == hidden);
    const std::vector<Covered> wrong{{"no cover", "/h", "/h"}};
    CHECK(missing_from({}, wrong) == wrong);
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
