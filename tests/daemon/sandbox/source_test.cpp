// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/source.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace isag;
using namespace isag::sandbox;
namespace fs = std::filesystem;

TEST_CASE("open_source: a folder and a file are what they are, with their true identity") {
    test::TempFolder folder;
    std::ofstream(folder.path() / "file") << "x";
    const auto opened = open_source(folder.path() / "." / "file");
    REQUIRE(opened.has_value());
    CHECK(opened->is_file());
    CHECK_FALSE(opened->is_folder());
    CHECK(opened->path == folder.path() / "file");
    struct stat info {};
    ::stat((folder.path() / "file").c_str(), &info);
    CHECK(opened->inode == info.st_ino);
    CHECK(opened->device == info.st_dev);
    CHECK(open_source(folder.path())->is_folder());
    CHECK(open_source("/")->path == "/");
}

TEST_CASE("open_source: .. is resolved before anything is opened") {
    test::TempFolder folder;
    fs::create_directory(folder.path() / "a");
    CHECK(open_source(folder.path() / "a/../a")->path == folder.path() / "a");
    CHECK(open_source("/../../tmp")->path == "/tmp");
}

TEST_CASE("open_source: what is missing is a failure that names it") {
    test::TempFolder folder;
    const auto opened = open_source(folder.path() / "a/b");
    REQUIRE(opened.has_error());
    CHECK(opened.error().message == (folder.path() / "a").string() + ": No such file or directory");
}

TEST_CASE("open_source: a link in a place that others than root can write is refused, wherever it stands") {
    test::TempFolder folder;
    fs::create_directories(folder.path() / "real/inside");
    fs::create_directory_symlink(folder.path() / "real", folder.path() / "link");
    ::chmod(folder.path().c_str(), 0777);
    for (const char* path : {"link", "link/inside"}) {
        const auto opened = open_source(folder.path() / path);
        REQUIRE(opened.has_error());
        CHECK(opened.error().message ==
              (folder.path() / "link").string() + " is a symbolic link to " + (folder.path() / "real").string());
        CHECK_FALSE(opened.error().hint.empty());
    }
    fs::create_symlink("nowhere", folder.path() / "dangling");
    CHECK(open_source(folder.path() / "dangling").has_error());
}

TEST_CASE("open_source: a link that root made in root's own folder is followed") {
    const auto opened = open_source("/var/run");  // Debian and Ubuntu: /run
    REQUIRE(opened.has_value());
    CHECK(opened->path == "/run");
    CHECK(open_source("/proc/self/exe").has_value() == (::geteuid() == 0));  // the person's own otherwise
}

TEST_CASE("open_source: links in a circle end") {
    if (::geteuid() != 0) return;  // others' links are refused before
    test::TempFolder folder;
    fs::create_symlink("b", folder.path() / "a");
    fs::create_symlink("a", folder.path() / "b");
    CHECK(open_source(folder.path() / "a").error().message ==
          (folder.path() / "a").string() + ": too many symbolic links");
}

TEST_CASE("make_folder: makes what is missing, open to others whatever the umask, and leaves what is there") {
    test::TempFolder folder;
    const mode_t before = ::umask(077);
    const Person me{::geteuid(), ::getegid()};
    make_folder(folder.path() / "a/b/c", me);
    make_folder(folder.path() / "a/b/c", me);
    ::umask(before);
    for (const char* made : {"a", "a/b", "a/b/c"}) {
        const auto opened = open_source(folder.path() / made).value();
        CHECK(opened.is_folder());
        CHECK((opened.mode & 07777) == 0755);
    }
    CHECK((open_source(folder.path())->mode & 07777) == 0700);
}

TEST_CASE("make_folder: root gives new folders to the agent") {
    if (::geteuid() != 0) return;
    test::TempFolder folder;
    make_folder(folder.path() / "a/b", {1234, 2345});
    for (const char* made : {"a", "a/b"}) {
        CHECK(open_source(folder.path() / made)->uid == 1234);
        CHECK(open_source(folder.path() / made)->gid == 2345);
    }
    CHECK(open_source(folder.path())->uid == 0);
}

TEST_CASE("make_folder: nothing is made through a link that anybody could have made, or below a file") {
    test::TempFolder folder;
    const Person me{::geteuid(), ::getegid()};
    ::chmod(folder.path().c_str(), 0777);
    fs::create_directory(folder.path() / "real");
    fs::create_directory_symlink("real", folder.path() / "link");
    CHECK_THROWS_AS(make_folder(folder.path() / "link/new", me), Error);
    CHECK_FALSE(fs::exists(folder.path() / "real/new"));
    fs::create_symlink("missing", folder.path() / "dangling");
    CHECK_THROWS_AS(make_folder(folder.path() / "dangling/new", me), Error);
    CHECK_FALSE(fs::exists(folder.path() / "missing"));
    std::ofstream(folder.path() / "file") << "x";
    CHECK_THROWS_AS(make_folder(folder.path() / "file/new", me), Error);
}
