// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/glob.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>

using namespace isag::sandbox;
namespace fs = std::filesystem;

namespace {

struct Tree {
    isag::test::TempFolder folder;
    Tree() {
        for (const char* path :
             {".env", "a/.env.local", "a/b/.env", "a/b/c/key.pem", ".git/hooks/pre-commit", "x.env"}) {
            fs::create_directories((folder.path() / path).parent_path());
            std::ofstream(folder.path() / path) << "x";
        }
    }
    std::vector<std::string> match(const std::string& pattern) {
        std::vector<std::string> out;
        for (const auto& path : expand_glob(folder.path(), pattern).value())
            out.push_back(path.lexically_relative(folder.path()));
        return out;
    }
};
using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("expand_glob: ** is any number of folders, none as well") {
    Tree tree;
    CHECK(tree.match("**/.env*") == Names{".env", "a/.env.local", "a/b/.env"});
    CHECK(tree.match("**/b/**/*.pem") == Names{"a/b/c/key.pem"});
    CHECK(tree.match("a/**") == Names{"a/.env.local", "a/b", "a/b/.env", "a/b/c", "a/b/c/key.pem"});
}

TEST_CASE("expand_glob: one name's signs stay within the name") {
    Tree tree;
    CHECK(tree.match("*.env") == Names{".env", "x.env"});
    CHECK(tree.match("a/*/.env") == Names{"a/b/.env"});
    CHECK(tree.match("?.env") == Names{"x.env"});
    CHECK(tree.match("[xyz].env") == Names{"x.env"});
    CHECK(tree.match("a/b/.env") == Names{"a/b/.env"});
    CHECK(tree.match(".git/hooks/") == Names{".git/hooks"});
    CHECK(tree.match("nothing").empty());
    CHECK(tree.match("x.env/below").empty());
}

TEST_CASE("expand_glob: links are matched, never entered") {
    Tree tree;
    fs::create_directory_symlink("a", tree.folder.path() / "link");
    fs::create_directory_symlink(".", tree.folder.path() / "a/loop");
    CHECK(tree.match("link") == Names{"link"});
    CHECK(tree.match("link/*").empty());
    CHECK(tree.match("**/.env") == Names{".env", "a/b/.env"});
}

TEST_CASE("expand_glob: more than a thousand matches are too many, and are not all looked for") {
    const test::TempFolder folder;
    for (int n = 0; n < 1000; ++n) std::ofstream(folder.path() / (std::to_string(n) + ".env"));
    CHECK(expand_glob(folder.path(), "**/*.env")->size() == 1000);
    fs::create_directory(folder.path() / "sub");
    std::ofstream(folder.path() / "sub/one.env");
    for (const char* pattern : {"**/*.env", "**"}) {
        const auto many = expand_glob(folder.path(), pattern);
        REQUIRE(many.has_error());
        CHECK(many.error().message.starts_with(std::string(pattern) + " matches more than 1000 places in "));
    }
}

TEST_CASE("expand_glob: nothing outside is matched, whatever the pattern says") {
    Tree tree;
    fs::create_directory(tree.folder.path() / "sub");
    CHECK(expand_glob(tree.folder.path() / "sub", "../*")->empty());
    CHECK(expand_glob(tree.folder.path() / "sub", "a/../../*")->empty());
    CHECK(expand_glob(tree.folder.path(), "/etc/passwd")->empty());
}
