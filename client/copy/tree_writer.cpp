// SPDX-License-Identifier: Apache-2.0
#include "client/copy/tree_writer.hpp"
#include "client/copy/beneath.hpp"
#include "client/copy/extents.hpp"
#include "client/copy/new_entry.hpp"
#include "client/copy/write_error.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
namespace {

void write_at(const UniqueFd& fd, std::string_view bytes, std::int64_t offset) {
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(fd.get(), bytes.data(), bytes.size(), offset);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw write_error("cannot write it", errno);
        bytes.remove_prefix(static_cast<std::size_t>(n));
        offset += n;
    }
}

void write_content(const UniqueFd& fd, const ArchiveEntry& entry, ArchiveReader& content, CopyProgress& progress) {
    std::int64_t end = 0;
    while (const auto block = content.read_block()) {
        write_at(fd, block->bytes, block->offset);
        end = block->offset + static_cast<std::int64_t>(block->bytes.size());
        progress.moved(block->bytes.size());
    }
    if (end < entry.size && ::ftruncate(fd.get(), entry.size) != 0)
        throw write_error("cannot make it that long", errno);
}

void copy_extent(const UniqueFd& from, const UniqueFd& to, ArchiveExtent extent, CopyProgress& progress) {
    std::vector<char> buffer(std::size_t{256} << 10);
    while (extent.length > 0) {
        const auto wanted = std::min(static_cast<std::size_t>(extent.length), buffer.size());
        const ssize_t n = ::pread(from.get(), buffer.data(), wanted, extent.offset);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw errno_error("cannot read what it links to", errno);
        if (n == 0) return;
        write_at(to, {buffer.data(), static_cast<std::size_t>(n)}, extent.offset);
        extent.offset += n;
        extent.length -= n;
        progress.moved(static_cast<std::size_t>(n));
    }
}

// Its holes stay holes (lseek(2), SEEK_DATA), and are not read: a few bytes of the stream can stand for terabytes.
void copy_content(const UniqueFd& from, const UniqueFd& to, CopyProgress& progress) {
    struct stat info {};
    if (::fstat(from.get(), &info) != 0) throw errno_error("cannot look at what it links to", errno);
    for (std::int64_t at = 0; at < info.st_size;) {
        const std::int64_t data = ::lseek(from.get(), at, SEEK_DATA);
        if (data < 0 && errno == ENXIO) break;
        if (data < 0) throw errno_error("cannot read what it links to", errno);
        const std::int64_t hole = ::lseek(from.get(), data, SEEK_HOLE);
        if (hole <= data) throw Error("what it links to changes while it is copied", "copy it again");
        copy_extent(from, to, {data, hole - data}, progress);
        at = hole;
    }
    if (::ftruncate(to.get(), info.st_size) != 0) throw write_error("cannot make it that long", errno);
}

}  // namespace

TreeWriter::TreeWriter(UniqueFd folder, std::string top, CopyProgress& progress, std::size_t entry_limit)
    : folder_(std::move(folder)), top_(std::move(top)), progress_(progress), entry_limit_(entry_limit) {}

// The innermost first, since a folder's time changes with what is made in it.
TreeWriter::~TreeWriter() {
    std::for_each(made_.rbegin(), made_.rend(), [&](const auto& made) { finish_folder(made); });
}

void TreeWriter::add(const ArchiveEntry& entry, const std::string& below, const std::string& target,
                     ArchiveReader& content) {
    const std::string path = path_of(below);
    try {
        if (++entries_ > entry_limit_)
            throw Error("more than " + std::to_string(entry_limit_) + " files", "copy it in parts");
        add_checked(entry, path, path_of(target), content);
    } catch (const Error& error) {
        throw error.within("cannot copy '" + escape_controls(path.empty() ? "." : path) + "'");
    }
}

std::string TreeWriter::path_of(const std::string& below) const {
    if (top_.empty()) return below;
    return below.empty() ? top_ : top_ + "/" + below;
}

void TreeWriter::add_checked(const ArchiveEntry& entry, const std::string& path, const std::string& target,
                             ArchiveReader& content) {
    if (path.empty() && entry.type == ArchiveEntry::Type::folder) return;  // the destination, which is there
    if (path.empty()) throw Error("what should be a folder is none");
    switch (entry.type) {
        case ArchiveEntry::Type::folder:
            return add_folder(entry, path);
        case ArchiveEntry::Type::file:
            return add_file(entry, path, content);
        case ArchiveEntry::Type::link:
            return add_link(entry, path);
        case ArchiveEntry::Type::hard_link:
            return add_copy(entry, path, target);
        case ArchiveEntry::Type::other:
            progress_.warn("passed over '" + escape_controls(path) + "', which is no file, folder or link");
    }
}

UniqueFd TreeWriter::open_folder_of(const std::string& folder) const {
    UniqueFd fd = open_beneath(folder_, folder, O_PATH | O_DIRECTORY);
    if (fd) return fd;
    const int error = errno;
    if (folder.empty()) throw write_error("cannot open the folder that it goes to", error);
    const std::string name = "'" + escape_controls(folder) + "'";
    if (error == ELOOP || error == ENOTDIR)
        throw Error("its way leads through " + name + ", where there is a link or a file", "move that away");
    throw write_error("cannot open its folder " + name, error);
}

void TreeWriter::add_folder(const ArchiveEntry& entry, const std::string& path) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    const bool is_new = ::mkdirat(parent.get(), at.base.c_str(), 0700) == 0;
    if (!is_new && errno != EEXIST) throw write_error("cannot make the folder", errno);
    const UniqueFd made = open_beneath(parent, at.base, O_PATH | O_DIRECTORY);
    if (!made)
        throw Error("there is something in its place that is no folder", "move that away, or copy to another name");
    if (!is_new) return;
    struct stat info {};
    ::fstat(made.get(), &info);
    folder_bytes_ += path.size();
    if (folder_bytes_ > most_folder_bytes) throw Error("the names of its folders are too long", "copy it in parts");
    made_.push_back({path, {info.st_dev, info.st_ino}, stamp_of(entry)});
    progress_.finished_one();
}

void TreeWriter::add_file(const ArchiveEntry& entry, const std::string& path, ArchiveReader& content) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    NewEntry file = NewEntry::file(parent);
    write_content(file.fd(), entry, content, progress_);
    file.place(at.base, entry);
    remember(file.fd());
    progress_.finished_one();
}

// A link(2) could give a name here to what the person never named.
void TreeWriter::add_copy(const ArchiveEntry& entry, const std::string& path, const std::string& target) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    const UniqueFd source = open_beneath(folder_, target, O_RDONLY | O_NONBLOCK | O_NOCTTY);
    struct stat info {};
    if (!source || ::fstat(source.get(), &info) != 0 || !files_.contains({info.st_dev, info.st_ino}))
        throw Error("it is a hard link to '" + escape_controls(target) + "', which was not copied before it");
    ArchiveEntry as_source = entry;
    as_source.mode = info.st_mode;
    as_source.seconds = info.st_mtim.tv_sec;
    as_source.nanoseconds = info.st_mtim.tv_nsec;
    NewEntry file = NewEntry::file(parent);
    copy_content(source, file.fd(), progress_);
    file.place(at.base, as_source);
    remember(file.fd());
    progress_.finished_one();
}

void TreeWriter::add_link(const ArchiveEntry& entry, const std::string& path) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    NewEntry::link(parent, entry.target).place(at.base, entry);
    progress_.finished_one();
}

void TreeWriter::remember(const UniqueFd& file) {
    struct stat info {};
    if (::fstat(file.get(), &info) == 0) files_.insert({info.st_dev, info.st_ino});
}

// Only the very folder that was made: another one may have been put in its place.
void TreeWriter::finish_folder(const MadeFolder& made) const {
    const UniqueFd fd = open_beneath(folder_, made.path, O_RDONLY | O_DIRECTORY);
    struct stat info {};
    if (!fd || ::fstat(fd.get(), &info) != 0 || made.id != FileId{info.st_dev, info.st_ino}) return;
    ::fchmod(fd.get(), made.stamp.mode);
    ::futimens(fd.get(), made.stamp.times.data());
}

}  // namespace isag
