// SPDX-License-Identifier: Apache-2.0
#include "client/copy/tree_writer.hpp"
#include "common/file.hpp"
#include "tests/client/copy/raw_tar.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
using test::raw_tar;
using test::RawEntry;
using test::TempFolder;
using test::unpack;
using test::Unpacked;
namespace fs = std::filesystem;
namespace {

// A folder to copy to, beside things that must stay as they are.
struct Hostile {
    Hostile() {
        fs::create_directory(to());
        fs::create_directory(outside());
        write_file(outside() / "secret", "secret");
    }
    fs::path to() const { return scratch / "to"; }
    fs::path outside() const { return scratch / "outside"; }
    bool is_harmed() const {
        std::size_t entries = 0;
        for (const auto& entry : fs::recursive_directory_iterator(scratch.path())) {
            if (entry.path().native().find(".isag-cp-") != std::string::npos) return true;
            if (entry.path().native().starts_with(outside().native())) ++entries;
        }
        struct stat info {};
        ::stat((outside() / "secret").c_str(), &info);
        return entries != 2 || info.st_nlink != 1 || read_file(outside() / "secret").value() != "secret" ||
               std::distance(fs::directory_iterator(scratch.path()), fs::directory_iterator()) != 2;
    }
    TempFolder scratch;
};

// Root, too, is refused what is another's while this lives. Of this thread alone.
class AsNobody {
public:
    AsNobody() : before_(::setfsuid(nobody)) {}
    AsNobody(const AsNobody&) = delete;
    ~AsNobody() { ::setfsuid(before_); }

private:
    static constexpr uid_t nobody = 65534;
    uid_t before_;
};

class UmaskKept {
public:
    UmaskKept() : before_(::umask(0)) { ::umask(before_); }
    UmaskKept(const UmaskKept&) = delete;
    ~UmaskKept() { ::umask(before_); }

private:
    mode_t before_;
};

mode_t mode_of(const fs::path& path) {
    struct stat info {};
    return ::lstat(path.c_str(), &info) == 0 ? info.st_mode & 07777 : 0;
}

}  // namespace

TEST_CASE("files, folders and links arrive with their modes and times, without set-id and sticky bits") {
    const Hostile place;
    const auto bytes = raw_tar({{"s/", '5', "", "", 07555},
                                {"s/d/", '5', "", "", 0750},
                                {"s/d/f", '0', "content", "", 06755},
                                {"s/l", '2', "", "d/f"},
                                {"s/empty", '0', "", "", 0400}});
    const auto done = unpack(bytes, place.to(), "new");
    CHECK(done.error == "");
    CHECK(done.entries == 5);
    CHECK(done.bytes == 7);
    CHECK(mode_of(place.to() / "new") == 0555);
    CHECK(mode_of(place.to() / "new/d") == 0750);
    CHECK(mode_of(place.to() / "new/d/f") == 0755);
    CHECK(mode_of(place.to() / "new/empty") == 0400);
    CHECK(read_file(place.to() / "new/l").value() == "content");
    CHECK(fs::read_symlink(place.to() / "new/l") == "d/f");
    for (const char* name : {"new", "new/d", "new/d/f", "new/l"}) {
        CAPTURE(name);
        struct stat info {};
        REQUIRE(::lstat((place.to() / name).c_str(), &info) == 0);
        CHECK(info.st_mtime == 1'000'000'000);
        CHECK(info.st_uid == ::geteuid());
    }
    CHECK(!place.is_harmed());
    fs::permissions(place.to() / "new", fs::perms::owner_all);
}

TEST_CASE("names that lead out of the folder are refused, and named") {
    for (const std::string name :
         {"s/../../outside/x", "s/..", "/etc/x", "../outside/secret", "s//x", "other/x", "s/./x"}) {
        CAPTURE(name);
        const Hostile place;
        const auto done = unpack(raw_tar({{"s/", '5'}, {"s/good", '0', "good"}, {name, '0', "bad"}}), place.to(), "s");
        CHECK(done.error.find("'" + name + "'") != std::string::npos);
        CHECK(read_file(place.to() / "s/good").value() == "good");
        CHECK(std::distance(fs::directory_iterator(place.to() / "s"), fs::directory_iterator()) == 1);
        CHECK(!place.is_harmed());
    }
}

TEST_CASE("no link is followed: neither one of the stream, nor one that was there") {
    for (const std::string target : {"../../outside", "/", ".", "good"}) {
        CAPTURE(target);
        const Hostile place;
        const auto through =
            unpack(raw_tar({{"s/", '5'}, {"s/l", '2', "", target}, {"s/l/x", '0', "bad"}}), place.to(), "s");
        CHECK(through.error == "cannot copy 's/l/x': its way leads through 's/l', where there is a link or a file");
        const auto as_folder = unpack(raw_tar({{"s/", '5'}, {"s/l/", '5'}, {"s/l/x", '0', "bad"}}), place.to(), "s");
        CHECK(as_folder.error == "cannot copy 's/l': there is something in its place that is no folder");
        CHECK(!place.is_harmed());
    }
    const Hostile place;
    fs::create_symlink("../outside/secret", place.to() / "l");
    CHECK(unpack(raw_tar({{"s", '0', "new"}}), place.to(), "l").error == "");
    CHECK(!fs::is_symlink(place.to() / "l"));
    CHECK(read_file(place.to() / "l").value() == "new");
    CHECK(!place.is_harmed());
}

TEST_CASE("a folder that becomes a link while a file is written leads nowhere") {
    const std::string content(200'000, 'x');
    const auto bytes = raw_tar({{"s/", '5'}, {"s/d/", '5'}, {"s/d/f", '0', content}, {"s/d/g", '0', content}});
    for (std::size_t when = 1024; when < bytes.size(); when += 20'480) {
        CAPTURE(when);
        const Hostile place;
        bool swapped = false;
        const auto swap = [&](std::size_t at) {
            if (swapped || at < when || !fs::exists(place.to() / "s/d")) return;
            fs::rename(place.to() / "s/d", place.to() / "s/moved");
            fs::create_symlink("../../outside", place.to() / "s/d");
            swapped = true;
        };
        unpack(bytes, place.to(), "s", TreeWriter::most_entries, 512, swap);
        CHECK(swapped);
        CHECK(!place.is_harmed());
    }
}

TEST_CASE("a hard link is refused, whatever it links to, and nothing is made of it") {
    const Hostile place;
    fs::create_directory(place.to() / "s");
    write_file(place.to() / "s/mine", "mine");
    for (const std::string target : {"s/a", "s/mine", "s", "s/none", "../outside/secret", "/etc/passwd"}) {
        CAPTURE(target);
        const auto bad =
            unpack(raw_tar({{"s/", '5'}, {"s/a", '0', "content"}, {"s/b", '1', "", target}}), place.to(), "s");
        CHECK(bad.error == "cannot copy 's/b': it is a hard link, of which isag cp asks tar to make files");
        CHECK(!fs::exists(place.to() / "s/b"));
    }
    CHECK(!place.is_harmed());
}

TEST_CASE("what others may write is theirs to write only where the umask grants it") {
    const Hostile place;
    const UmaskKept kept;
    ::umask(022);
    const auto bytes = raw_tar({{"s/", '5', "", "", 0777}, {"s/f", '0', "", "", 0666}, {"s/x", '0', "", "", 0775}});
    CHECK(unpack(bytes, place.to(), "s").error == "");
    ::umask(002);
    CHECK(unpack(bytes, place.to(), "t").error == "");
    CHECK(mode_of(place.to() / "s") == 0755);
    CHECK(mode_of(place.to() / "s/f") == 0644);
    CHECK(mode_of(place.to() / "s/x") == 0755);
    CHECK(mode_of(place.to() / "t/f") == 0664);
    CHECK(mode_of(place.to() / "t/x") == 0775);
}

TEST_CASE("devices and fifos are passed over") {
    const Hostile place;
    const auto done = unpack(raw_tar({{"s/", '5'}, {"s/c", '3'}, {"s/b", '4'}, {"s/f", '6'}, {"s/good", '0', "good"}}),
                             place.to(), "s");
    CHECK(done.error == "");
    CHECK(std::distance(fs::directory_iterator(place.to() / "s"), fs::directory_iterator()) == 1);
    CHECK(read_file(place.to() / "s/good").value() == "good");
}

TEST_CASE("a stream that ends anywhere leaves whole files, and none of ours") {
    const std::string content(3000, 'c');
    const auto bytes =
        raw_tar({{"s/", '5'}, {"s/a", '0', content}, {"s/d/", '5'}, {"s/d/b", '0', content}, {"s/e", '0', ""}});
    for (std::size_t end = 1; end <= bytes.size(); end += end % 512 == 1 ? 255 : 256) {
        CAPTURE(end);
        const Hostile place;
        write_file(place.to() / "old", "old");
        unpack(bytes.substr(0, end), place.to(), "s");
        for (const auto& entry : fs::recursive_directory_iterator(place.to()))
            if (entry.is_regular_file() && entry.path().filename() != "e" && entry.path().filename() != "old")
                CHECK(read_file(entry.path()).value() == content);
        CHECK(!place.is_harmed());
    }
}

TEST_CASE("garbage, a broken checksum, and a size that is a lie are errors, and leave nothing") {
    auto broken = raw_tar({{"s", '0', "content"}});
    broken[5] = 'x';
    for (const auto& bytes :
         {std::string(5000, 'g'), broken, raw_tar({{"s", '0', "content", "", 0644, 0777777777777ULL}})}) {
        const Hostile place;
        CHECK(unpack(bytes, place.to(), "s").error.find("the tar archive cannot be read: ") != std::string::npos);
        CHECK(!fs::exists(place.to() / "s"));
        CHECK(!place.is_harmed());
    }
}

TEST_CASE("a stream has a limit of entries, and thousands are no trouble") {
    std::string bytes = test::raw_tar_entry({"s/", '5'});
    for (int i = 0; i < 3000; ++i) bytes += test::raw_tar_entry({"s/" + std::to_string(i), '0', "x"});
    bytes += std::string(1024, '\0');
    const Hostile place;
    CHECK(unpack(bytes, place.to(), "all", TreeWriter::most_entries, 65536).error == "");
    CHECK(std::distance(fs::directory_iterator(place.to() / "all"), fs::directory_iterator()) == 3000);
    CHECK(unpack(bytes, place.to(), "some", 100).error == "cannot copy 'some/99': more than 100 files");
    CHECK(std::distance(fs::directory_iterator(place.to() / "some"), fs::directory_iterator()) == 99);
}

TEST_CASE("what is there already is replaced by files, filled as folders, and else an error") {
    const Hostile place;
    fs::create_directories(place.to() / "s/d");
    fs::permissions(place.to() / "s/d", fs::perms(0711));
    write_file(place.to() / "s/d/keep", "keep");
    write_file(place.to() / "s/f", "old");
    CHECK(unpack(raw_tar({{"s/", '5'}, {"s/d/", '5', "", "", 0777}, {"s/d/new", '0', "new"}, {"s/f", '0', "new"}}),
                 place.to(), "s")
              .error == "");
    CHECK(mode_of(place.to() / "s/d") == 0711);
    CHECK(read_file(place.to() / "s/d/keep").value() == "keep");
    CHECK(read_file(place.to() / "s/f").value() == "new");
    CHECK(unpack(raw_tar({{"s/", '5'}, {"s/d", '0', "x"}}), place.to(), "s").error ==
          "cannot copy 's/d': a folder is in its place");
    CHECK(unpack(raw_tar({{"s/", '5'}, {"s/f/", '5'}}), place.to(), "s").error ==
          "cannot copy 's/f': there is something in its place that is no folder");
    CHECK(unpack(raw_tar({{"s/", '5'}, {"s/n/f", '0', "x"}}), place.to(), "s").error ==
          "cannot copy 's/n/f': cannot open its folder 's/n': No such file or directory");
    CHECK(!place.is_harmed());
}

TEST_CASE(
    "into a folder that can't be written or entered: the error names what it could not make, and says what to do") {
    const std::string advice =
        "is the folder that it goes to yours? 'chmod u+rwx' lets you write in it then; else copy to another one";
    const std::string denied = ": Permission denied";
    const Hostile place;
    fs::permissions(place.scratch.path(), fs::perms(0755));
    const auto refused = [&](unsigned mode, const RawEntry& entry, const std::string& top) {
        fs::permissions(place.to(), fs::perms(mode));
        const auto bytes = raw_tar({entry});
        Unpacked done;
        {
            const AsNobody nobody;
            done = unpack(bytes, place.to(), top);
        }
        fs::permissions(place.to(), fs::perms(0755));
        CHECK(done.advice == advice);
        return done.error;
    };
    CHECK(refused(0555, {"s", '0', "x"}, "new") == "cannot copy 'new': cannot make a file" + denied);
    CHECK(refused(0555, {"s/", '5'}, "new") == "cannot copy 'new': cannot make the folder" + denied);
    CHECK(refused(0555, {"s", '2', "", "t"}, "new") == "cannot copy 'new': cannot make a link" + denied);
    CHECK(refused(0444, {"s", '0', "x"}, "new") ==
          "cannot copy 'new': cannot open the folder that it goes to" + denied);
    CHECK(!place.is_harmed());
}

}  // namespace isag
