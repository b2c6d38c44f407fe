// SPDX-License-Identifier: Apache-2.0
#include "client/copy/tree_reader.hpp"
#include "client/copy/extents.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace {

constexpr std::size_t copy_buffer = std::size_t{256} << 10;

// The very file that was looked at, whatever its name stands for by now. O_NONBLOCK: none of these may wait.
UniqueFd reopen(const UniqueFd& path_fd, int flags) {
    return UniqueFd(::open(path_of(path_fd.get()).c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC | flags));
}

ArchiveEntry entry_of(const struct stat& info, const std::string& name) {
    ArchiveEntry entry;
    entry.name = name;
    entry.mode = info.st_mode & 0777;
    entry.seconds = info.st_mtim.tv_sec;
    return entry;
}

std::string link_target_of(const UniqueFd& link) {
    char target[PATH_MAX];
    const ssize_t n = ::readlinkat(link.get(), "", target, sizeof target);
    if (n <= 0 || n == static_cast<ssize_t>(sizeof target)) throw Error("cannot read a link");
    return {target, static_cast<std::size_t>(n)};
}

// Sorted, so that a copy is the same each time.
std::vector<std::string> names_in(UniqueFd folder) {
    const std::unique_ptr<DIR, int (*)(DIR*)> list(::fdopendir(folder.get()), ::closedir);
    if (!list) throw errno_error("cannot list a folder", errno);
    folder.release();
    std::vector<std::string> names;
    errno = 0;
    while (const dirent* entry = ::readdir(list.get())) {
        const std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(name);
    }
    if (errno != 0) throw errno_error("cannot list a folder", errno);
    std::sort(names.begin(), names.end());
    return names;
}

}  // namespace

void TreeReader::add(const UniqueFd& source, const std::string& name) {
    if (!name.empty()) return add_at(source, name, 0);
    const UniqueFd folder = reopen(source, O_DIRECTORY);
    if (!folder)
        throw errno_error("cannot open the folder that is to be copied", errno,
                          "may you read it? 'ls -ld' tells whose it is");
    add_names_in(folder, "", 0);
}

void TreeReader::add_at(const UniqueFd& source, const std::string& name, std::size_t depth) {
    struct stat info {};
    if (::fstat(source.get(), &info) != 0) throw errno_error("cannot look at '" + escape_controls(name) + "'", errno);
    ArchiveEntry entry = entry_of(info, name);
    if (S_ISREG(info.st_mode)) {
        add_file(source, std::move(entry));
    } else if (S_ISDIR(info.st_mode)) {
        entry.type = ArchiveEntry::Type::folder;
        add_folder(source, entry, depth);
    } else if (S_ISLNK(info.st_mode)) {
        entry.type = ArchiveEntry::Type::link;
        entry.target = link_target_of(source);
        archive_.begin(entry);
        archive_.end();
        progress_.finished_one();
    } else {
        progress_.warn("passed over '" + escape_controls(name) + "', which is no file, folder or link");
    }
}

void TreeReader::add_file(const UniqueFd& source, ArchiveEntry entry) {
    const UniqueFd file = reopen(source, 0);
    struct stat info {};
    if (!file || ::fstat(file.get(), &info) != 0) return leave_out(entry.name, std::strerror(errno));
    char first = 0;
    const bool has_more = info.st_size == 0 && ::pread(file.get(), &first, 1, 0) == 1;
    if (has_more && (::fstat(file.get(), &info) != 0 || info.st_size == 0))  // in /proc
        return leave_out(entry.name, "its length can't be told beforehand");
    entry.type = ArchiveEntry::Type::file;
    entry.size = info.st_size;
    const auto extents = extents_of(file, entry.size);
    archive_.begin(entry, extents);
    unfinished_ = entry.name;
    std::int64_t at = 0;
    for (const auto& extent : extents) {
        skip(extent.offset - at);
        copy_extent(file, entry.name, extent);
        at = extent.offset + extent.length;
    }
    if (extents.empty())
        copy_extent(file, entry.name, {0, entry.size});
    else
        skip(entry.size - at);
    archive_.end();
    unfinished_.reset();
    progress_.finished_one();
}

void TreeReader::copy_extent(const UniqueFd& file, const std::string& name, ArchiveExtent extent) {
    buffer_.resize(copy_buffer);
    while (extent.length > 0) {
        const auto wanted = static_cast<std::size_t>(std::min<std::int64_t>(extent.length, copy_buffer));
        const ssize_t n = ::pread(file.get(), buffer_.data(), wanted, extent.offset);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw errno_error("cannot read '" + escape_controls(name) + "'", errno);
        if (n == 0) throw Error("'" + escape_controls(name) + "' became shorter while it was copied", "copy it again");
        archive_.write({buffer_.data(), static_cast<std::size_t>(n)});
        extent.offset += n;
        extent.length -= n;
        progress_.moved(static_cast<std::size_t>(n));
    }
}

// The archive takes a hole's bytes too, and leaves them out.
void TreeReader::skip(std::int64_t length) {
    static const std::vector<char> zeros(std::size_t{1} << 20);
    while (length > 0) {
        const auto n = std::min<std::int64_t>(length, static_cast<std::int64_t>(zeros.size()));
        progress_.check_signals();
        archive_.write({zeros.data(), static_cast<std::size_t>(n)});
        length -= n;
    }
}

void TreeReader::add_folder(const UniqueFd& source, const ArchiveEntry& entry, std::size_t depth) {
    if (depth >= deepest)
        throw Error("'" + escape_controls(entry.name) + "' is more than " + std::to_string(deepest) + " folders deep",
                    "copy it in parts");
    const UniqueFd folder = reopen(source, O_DIRECTORY);
    if (!folder) return leave_out(entry.name, std::strerror(errno));
    archive_.begin(entry);
    archive_.end();
    progress_.finished_one();
    add_names_in(folder, entry.name + "/", depth + 1);
}

void TreeReader::add_names_in(const UniqueFd& folder, const std::string& prefix, std::size_t depth) {
    for (const auto& name : names_in(folder.duplicate())) {
        const UniqueFd next(::openat(folder.get(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (next)
            add_at(next, prefix + name, depth);
        else if (errno != ENOENT)  // gone since it was listed
            leave_out(prefix + name, std::strerror(errno));
    }
}

void TreeReader::leave_out(const std::string& name, const std::string& why) {
    ++unread_;
    progress_.warn("cannot read '" + escape_controls(name) + "': " + why);
}

}  // namespace isag
