// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/mounts.hpp"
#include <algorithm>
#include <doctest/doctest.h>

using namespace isag::sandbox;
using Kind = Overlay::Kind;

namespace {

const EmptySources empty{"/empty/file", "/empty/folder"};
const BindMount project{"/home/p/web", "/workspace/project", false};

const BindMount* at(const std::vector<BindMount>& mounts, const std::string& container) {
    const auto found = std::find_if(mounts.begin(), mounts.end(),
                                    [&](const BindMount& mount) { return mount.container == container; });
    return found == mounts.end() ? nullptr : &*found;
}

}  // namespace

TEST_CASE("lay_out: mounts without overlays stay as they are, parents first") {
    const BindMount deep{"/srv/data", "/workspace/project/data/set", true};
    const auto out = lay_out({deep, project}, {}, empty);
    REQUIRE(out.size() == 2);
    CHECK(out[0] == project);
    CHECK(out[1] == deep);
}

TEST_CASE("lay_out: a mask lies over its place, and each folder above it is pinned") {
    const auto out = lay_out({project}, {{"/home/p/web/a/b/secret", Kind::empty_file}}, empty);
    REQUIRE(out.size() == 4);
    CHECK(out[0] == project);
    CHECK(out[1] == BindMount{"/home/p/web/a", "/workspace/project/a", false});
    CHECK(out[2] == BindMount{"/home/p/web/a/b", "/workspace/project/a/b", false});
    CHECK(out[3] == BindMount{"/empty/file", "/workspace/project/a/b/secret", true});
}

TEST_CASE("lay_out: a read-only mount needs no pins, and no read-only overlay") {
    const BindMount reference{"/home/p/web", "/ref", true};
    const auto out = lay_out(
        {reference}, {{"/home/p/web/a/key", Kind::empty_file}, {"/home/p/web/.git/config", Kind::read_only}}, empty);
    REQUIRE(out.size() == 2);
    CHECK(out[1] == BindMount{"/empty/file", "/ref/a/key", true});
}

TEST_CASE("lay_out: an overlay appears in every mount that holds its place") {
    const BindMount sources{"/home/p/web/src", "/src", false};
    const BindMount parent{"/home/p", "/all", true};
    const auto out = lay_out({project, sources, parent}, {{"/home/p/web/src/key", Kind::empty_file}}, empty);
    for (const char* place : {"/workspace/project/src/key", "/src/key", "/all/web/src/key"}) {
        CAPTURE(place);
        REQUIRE(at(out, place));
        CHECK(at(out, place)->host == "/empty/file");
    }
    CHECK(at(out, "/workspace/project/src")->host == "/home/p/web/src");  // pinned
}

TEST_CASE("lay_out: a deeper mount covers what lies below it") {
    const BindMount inner{"/srv/other", "/workspace/project/a", false};
    const auto out = lay_out({project, inner}, {{"/home/p/web/a/key", Kind::empty_file}}, empty);
    REQUIRE(out.size() == 2);
    CHECK(*at(out, "/workspace/project/a") == inner);
}

TEST_CASE("lay_out: a mask on a mount's own root takes the mount's place") {
    const BindMount key{"/home/p/web/key", "/key", false};
    const auto out = lay_out({project, key}, {{"/home/p/web/key", Kind::empty_file}}, empty);
    CHECK(*at(out, "/key") == BindMount{"/empty/file", "/key", true});
    CHECK(*at(out, "/workspace/project/key") == BindMount{"/empty/file", "/workspace/project/key", true});
    const auto folder = lay_out({project}, {{"/home/p/web", Kind::empty_folder}}, empty);
    REQUIRE(folder.size() == 1);
    CHECK(folder[0].host == "/empty/folder");
}

TEST_CASE("lay_out: what is hidden stays hidden, whatever else is said of it and in whatever order") {
    const Overlay hidden{"/home/p/web/.git", Kind::empty_folder};
    const Overlay protect{"/home/p/web/.git", Kind::read_only};
    const Overlay below{"/home/p/web/.git/config", Kind::read_only};
    for (const auto& overlays : {std::vector<Overlay>{hidden, protect, below}, {below, protect, hidden}}) {
        const auto out = lay_out({project}, overlays, empty);
        REQUIRE(out.size() == 2);
        CHECK(out[1] == BindMount{"/empty/folder", "/workspace/project/.git", true});
    }
    const Overlay file{"/home/p/web/isag.yaml", Kind::read_only};
    const Overlay masked{"/home/p/web/isag.yaml", Kind::empty_file};
    for (const auto& overlays : {std::vector<Overlay>{file, masked}, {masked, file}})
        CHECK(lay_out({project}, overlays, empty).back().host == "/empty/file");
}

TEST_CASE("lay_out: a protected folder stays read-only where it is also an ancestor of something protected") {
    const auto out =
        lay_out({project}, {{"/home/p/web/.git", Kind::read_only}, {"/home/p/web/.git/hooks", Kind::read_only}}, empty);
    CHECK(at(out, "/workspace/project/.git")->read_only);
    CHECK(at(out, "/workspace/project/.git/hooks")->read_only);
    const auto other =
        lay_out({project}, {{"/home/p/web/.git/hooks", Kind::read_only}, {"/home/p/web/.git", Kind::read_only}}, empty);
    CHECK(at(other, "/workspace/project/.git")->read_only);
}

TEST_CASE("lay_out: a name that only begins like the mount's is not in it") {
    CHECK(lay_out({project}, {{"/home/p/website/key", Kind::empty_file}}, empty).size() == 1);
}
