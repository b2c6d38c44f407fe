// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <csignal>
#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace isag;
namespace fs = std::filesystem;

namespace {

mode_t mode_of(const fs::path& path) {
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    return info.st_mode & 07777;
}

std::ptrdiff_t entries(const fs::path& folder) {
    return std::distance(fs::directory_iterator(folder), fs::directory_iterator());
}

// No file may grow beyond so many bytes while it lives: a full disk.
class FullDisk {
public:
    explicit FullDisk(rlim_t bytes) {
        before_ = ::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit low{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &low);
    }
    FullDisk(const FullDisk&) = delete;
    FullDisk& operator=(const FullDisk&) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        ::signal(SIGXFSZ, before_);
    }

private:
    rlimit old_{};
    void (*before_)(int) = nullptr;
};

}  // namespace

TEST_CASE("file: what is no regular file is refused, and not waited for") {
    test::TempFolder folder;
    REQUIRE(::mkfifo((folder / "fifo").c_str(), 0600) == 0);
    for (const fs::path& path : {fs::path(folder / "fifo"), fs::path(folder.path()), fs::path("/dev/null")})
        CHECK(read_file(path).error().message == "cannot read " + path.string() + ": it is no regular file");
    CHECK(read_file("/proc/self/status").value().find("Name:") == 0);
}

TEST_CASE("file: what was written is read, with the mode asked for") {
    test::TempFolder folder;
    const std::string content("a\0b\n\xff", 5);
    write_file(folder / "file", content);
    CHECK(read_file(folder / "file").value() == content);
    CHECK(mode_of(folder / "file") == 0600);
    write_file(folder / "file", "", 0644);
    CHECK(read_file(folder / "file").value().empty());
    CHECK(mode_of(folder / "file") == 0644);
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("file: a write that fails leaves the old file and no temporary one") {
    test::TempFolder folder;
    write_file(folder / "file", "old");
    {
        FullDisk full(1000);
        CHECK_THROWS_AS(write_file(folder / "file", std::string(2000, 'x')), Error);
    }
    CHECK(read_file(folder / "file").value() == "old");
    CHECK(entries(folder.path()) == 1);
}

TEST_CASE("file: what a process that is killed as it writes has left is removed, and nothing else") {
    test::TempFolder folder;
    for (const char* name : {"record.json", "record.json.bak", "a.unfinished-", "b.unfinished-1234567"})
        write_file(folder / name, "kept");
    const auto before = entries(folder.path());
    const pid_t writer = ::fork();
    if (writer == 0) {
        for (;;) write_file(folder / "record.json", std::string(std::size_t{64} << 20, 'x'), 0600, Sync::no);
    }
    REQUIRE(writer > 0);
    while (entries(folder.path()) == before) ::usleep(100);
    ::kill(writer, SIGSTOP);
    const bool is_in_the_middle = entries(folder.path()) == before + 1;
    ::kill(writer, SIGKILL);
    ::waitpid(writer, nullptr, 0);
    remove_unfinished(folder.path());
    CHECK(entries(folder.path()) == before);
    CHECK(is_in_the_middle);
    remove_unfinished(folder / "missing");
}

TEST_CASE("file: a folder is not replaced by a file, and none is made") {
    test::TempFolder folder;
    fs::create_directory(folder / "folder");
    CHECK_THROWS_AS(write_file(folder / "folder", "x"), Error);
    CHECK(fs::is_directory(folder / "folder"));
    CHECK(entries(folder.path()) == 1);
    CHECK_THROWS_AS(write_file(folder / "missing" / "file", "x"), Error);
}

TEST_CASE("file: a link is replaced, what it leads to stays") {
    test::TempFolder folder;
    write_file(folder / "target", "target");
    fs::create_symlink("target", folder / "link");
    write_file(folder / "link", "new");
    CHECK(read_file(folder / "target").value() == "target");
    CHECK(read_file(folder / "link").value() == "new");
}

TEST_CASE("file: one that is missing, a folder or too large is a failure that names it") {
    test::TempFolder folder;
    CHECK(read_file(folder / "missing").error().message ==
          "cannot read " + (folder / "missing").string() + ": No such file or directory");
    CHECK(read_file(folder.path()).has_error());
    write_file(folder / "file", "12345");
    CHECK(read_file(folder / "file", 5).has_value());
    CHECK(read_file(folder / "file", 4).error().message == (folder / "file").string() + " is larger than 4 bytes");
}
