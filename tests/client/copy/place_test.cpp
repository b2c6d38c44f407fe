// SPDX-License-Identifier: Apache-2.0
#include "client/copy/place.hpp"
#include <doctest/doctest.h>

namespace isag {
namespace {

using Where = CopyPlace::Where;

void check_place(const std::string& operand, Where where, const std::string& sandbox, const std::string& path) {
    CAPTURE(operand);
    const auto place = parse_copy_place(operand);
    REQUIRE(place.has_value());
    CHECK(place->where == where);
    CHECK(place->sandbox == sandbox);
    CHECK(place->path == path);
}

void check_name(const std::string& path, const CopyName& expected) {
    CAPTURE(path);
    const auto name = split_copy_path(path);
    CHECK(name.folder == expected.folder);
    CHECK(name.base == expected.base);
    CHECK(name.contents == expected.contents);
    CHECK(name.must_be_folder == expected.must_be_folder);
}

}  // namespace

TEST_CASE("an operand of cp is in a sandbox where a name and a colon lead it, else on the host") {
    check_place("web:a/b", Where::sandbox, "web", "a/b");
    check_place("web:/a:b", Where::sandbox, "web", "/a:b");
    check_place("web:", Where::sandbox, "web", ".");
    check_place("web:-", Where::sandbox, "web", "-");
    check_place("a", Where::host, "", "a");
    check_place("./a:b", Where::host, "", "./a:b");
    check_place("/a:b", Where::host, "", "/a:b");
    check_place("a/b:c", Where::host, "", "a/b:c");
    check_place(".a:b", Where::host, "", ".a:b");
    check_place("w:a\n\xff", Where::sandbox, "w", "a\n\xff");
    check_place("-", Where::stream, "", "");
    CHECK(parse_copy_place("").has_error());
    CHECK(parse_copy_place(":a").error().hint == "NAME:path is in a sandbox, ./:path on the host");
}

TEST_CASE("a path is split into its folder and its last part, and says whether it has to be a folder") {
    check_name("a", {".", "a", false, false});
    check_name("a/", {".", "a", false, true});
    check_name("a/b", {"a", "b", false, false});
    check_name("a//b//", {"a", "b", false, true});
    check_name("/a", {"/", "a", false, false});
    check_name("//a", {"/", "a", false, false});
    check_name("/a/b/", {"/a", "b", false, true});
    check_name("a/.", {"a/.", "", true, true});
    check_name("a/./", {"a/./", "", true, true});
    check_name("..", {"..", "", true, true});
    check_name(".", {".", "", true, true});
    check_name("/", {"/", "", true, true});
    check_name("a/...", {"a", "...", false, false});
    check_name("-", {".", "-", false, false});
}

TEST_CASE("a place is shown as it was given, control characters escaped") {
    CHECK(shown_place(*parse_copy_place("w:a\nb")) == "w:a\\nb");
    CHECK(shown_place(*parse_copy_place("./a\x1b")) == "./a\\x1b");
    CHECK(shown_place(*parse_copy_place("-")) == "-");
}

}  // namespace isag
