// SPDX-License-Identifier: Apache-2.0
#include "client/copy/tree_reader.hpp"
#include "client/archive_reader.hpp"
#include "common/error.hpp"
#include "common/file.hpp"
#include "tests/support/temp_folder.hpp"
#include <algorithm>
#include <cstring>
#include <doctest/doctest.h>
#include <fcntl.h>
#include <functional>
#include <unistd.h>

namespace isag {
using test::TempFolder;
namespace fs = std::filesystem;
namespace {

// The archive of a path, and what went wrong. `on_write` is called with what is there of it so far.
struct Packed {
    std::string bytes;
    std::string error;
    std::optional<std::string> unfinished;
};

Packed pack(const fs::path& path, const std::string& name,
            const std::function<void(const std::string&)>& on_write = {}) {
    CopyProgress progress(Context(), true);
    Packed packed;
    ArchiveWriter archive([&](std::string_view bytes) {
        packed.bytes += bytes;
        if (on_write) on_write(packed.bytes);
    });
    TreeReader reader(archive, progress);
    try {
        reader.add(UniqueFd(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)), name);
        archive.close();
    } catch (const Error& error) {
        packed.error = error.message();
        packed.unfinished = reader.unfinished();
    }
    return packed;
}

// "name type content", a line each.
std::string unpacked_list(const std::string& bytes) {
    std::size_t at = 0;
    ArchiveReader archive([&](char* into, std::size_t size) {
        const std::size_t n = std::min(size, bytes.size() - at);
        std::memcpy(into, bytes.data() + at, n);
        at += n;
        return n;
    });
    std::string out;
    while (const auto entry = archive.next()) {
        out += entry->name + " " + "fdlho"[static_cast<int>(entry->type)] + " " + entry->target;
        while (const auto block = archive.read_block()) out += std::string(block->bytes).substr(0, 20);
        out += "\n";
    }
    return out;
}

struct Source {
    Source() {
        fs::create_directories(scratch / "s/d");
        fs::create_directories(scratch / "outside");
        write_file(scratch / "outside/f", "secret");
        write_file(scratch / "s/a", "a");
        write_file(scratch / "s/d/f", "f");
    }
    TempFolder scratch;
};

}  // namespace

TEST_CASE("a tree is read in order, links as links") {
    const Source source;
    fs::create_symlink("../outside", source.scratch / "s/link");
    CHECK(unpacked_list(pack(source.scratch / "s", "top").bytes) ==
          "top/ d \ntop/a f a\ntop/d/ d \ntop/d/f f f\ntop/link l ../outside\n");
    CHECK(unpacked_list(pack(source.scratch / "s", "").bytes) == "a f a\nd/ d \nd/f f f\nlink l ../outside\n");
    CHECK(unpacked_list(pack(source.scratch / "s/a", "b").bytes) == "b f a\n");
    CHECK(unpacked_list(pack(source.scratch / "s/link", "l").bytes) == "l l ../outside\n");
}

TEST_CASE("what becomes a link while the tree is read is not followed") {
    const Source source;
    write_file(source.scratch / "s/z", "z");
    bool swapped = false;
    const auto packed = pack(source.scratch / "s", "top", [&](const std::string& bytes) {
        if (swapped || bytes.find("top/a") == std::string::npos) return;
        swapped = true;  // the folder was listed, d and z not yet opened
        fs::rename(source.scratch / "s/d", source.scratch / "s/moved");
        fs::create_symlink("../outside", source.scratch / "s/d");
        fs::remove(source.scratch / "s/z");
        fs::create_symlink("../outside/f", source.scratch / "s/z");
    });
    CHECK(packed.error == "");
    CHECK(unpacked_list(packed.bytes) == "top/ d \ntop/a f a\ntop/d l ../outside\ntop/z l ../outside/f\n");
}

TEST_CASE("a folder that is moved away while it is read stays the one that is read") {
    const Source source;
    bool moved = false;
    const auto packed = pack(source.scratch / "s", "top", [&](const std::string& bytes) {
        if (moved || bytes.find("top/d/") == std::string::npos) return;
        moved = true;
        fs::rename(source.scratch / "s/d", source.scratch / "moved");
        fs::create_symlink("../outside", source.scratch / "s/d");
    });
    CHECK(moved);
    CHECK(packed.bytes.find("secret") == std::string::npos);
    CHECK(unpacked_list(packed.bytes) == "top/ d \ntop/a f a\ntop/d/ d \ntop/d/f f f\n");
}

TEST_CASE("a file that becomes shorter while it is read is an error that names it, one that vanishes is left out") {
    const Source source;
    write_file(source.scratch / "s/b", std::string(1'000'000, 'b'));
    const auto shorter = pack(source.scratch / "s", "top", [&](const std::string& bytes) {
        if (bytes.size() > 300'000) fs::resize_file(source.scratch / "s/b", 1000);
    });
    CHECK(shorter.error == "'top/b' became shorter while it was copied");
    CHECK(shorter.unfinished == "top/b");
    const auto gone =
        pack(source.scratch / "s", "top", [&](const std::string&) { fs::remove(source.scratch / "s/b"); });
    CHECK(gone.error == "");
    CHECK(unpacked_list(gone.bytes) == "top/ d \ntop/a f a\ntop/d/ d \ntop/d/f f f\n");
}

TEST_CASE("a tree that is too deep is refused, one that is almost is not") {
    const Source source;
    fs::path deep = source.scratch / "deep";
    for (std::size_t i = 0; i < TreeReader::deepest; ++i) {
        fs::create_directory(deep);
        deep /= "d";
    }
    CHECK(pack(source.scratch / "deep", "x").error == "");
    fs::create_directory(deep);
    CHECK(pack(source.scratch / "deep", "x").error.find("is more than 200 folders deep") != std::string::npos);
}

TEST_CASE("a file's holes are not sent") {
    const Source source;
    write_file(source.scratch / "s/sparse", "begin");
    fs::resize_file(source.scratch / "s/sparse", 1 << 30);
    const auto packed = pack(source.scratch / "s/sparse", "x");
    CHECK(packed.error == "");
    CHECK(packed.bytes.size() < 100'000);
    CHECK(unpacked_list(packed.bytes).starts_with("x f begin"));
}

}  // namespace isag
