// SPDX-License-Identifier: Apache-2.0
#include "client/copy/tree_writer.hpp"
#include "client/copy/beneath.hpp"
#include "client/copy/new_entry.hpp"
#include "client/copy/write_error.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <cerrno>
#include <csignal>
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

}  // namespace

TreeWriter::TreeWriter(UniqueFd folder, std::string top, CopyProgress& progress, std::size_t entry_limit)
    : folder_(std::move(folder)), top_(std::move(top)), progress_(progress), entry_limit_(entry_limit) {}

// The innermost first, since a folder's time changes with what is made in it.
TreeWriter::~TreeWriter() {
    try {
        for (; !made_.empty(); made_.pop_back()) {
            progress_.check_signals();
            finish_folder(made_.back());
        }
    } catch (const Interrupted& signal) {  // there may be very many; who waits for our end sees it next
        ::kill(::getpid(), signal.signal);
    }
}

void TreeWriter::add(const ArchiveEntry& entry, const std::string& below, ArchiveReader& content) {
    const std::string path = path_of(below);
    try {
        if (++entries_ > entry_limit_)
            throw Error("more than " + std::to_string(entry_limit_) + " files", "copy it in parts");
        add_checked(entry, path, content);
    } catch (const Error& error) {
        throw error.within("cannot copy '" + escape_controls(path.empty() ? "." : path) + "'");
    }
}

std::string TreeWriter::path_of(const std::string& below) const {
    if (top_.empty()) return below;
    return below.empty() ? top_ : top_ + "/" + below;
}

void TreeWriter::add_checked(const ArchiveEntry& entry, const std::string& path, ArchiveReader& content) {
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
            throw Error("it is a hard link, of which isag cp asks tar to make files",
                        "is the tar in the sandbox another one than the image's?");
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
    folder_bytes_ += path.size();
    if (folder_bytes_ > most_folder_bytes) throw Error("the names of its folders are too long", "copy it in parts");
    const bool is_new = ::mkdirat(parent.get(), at.base.c_str(), 0700) == 0;
    if (!is_new && errno != EEXIST) throw write_error("cannot make the folder", errno);
    const UniqueFd made = open_beneath(parent, at.base, O_PATH | O_DIRECTORY);
    if (!made)
        throw Error("there is something in its place that is no folder", "move that away, or copy to another name");
    if (!is_new) return;
    struct stat info {};
    ::fstat(made.get(), &info);
    made_.push_back({path, {info.st_dev, info.st_ino}, stamp_of(entry)});
    progress_.finished_one();
}

void TreeWriter::add_file(const ArchiveEntry& entry, const std::string& path, ArchiveReader& content) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    NewEntry file = NewEntry::file(parent);
    write_content(file.fd(), entry, content, progress_);
    file.place(at.base, entry);
    progress_.finished_one();
}

void TreeWriter::add_link(const ArchiveEntry& entry, const std::string& path) {
    const BeneathPath at(path);
    const UniqueFd parent = open_folder_of(at.folder);
    NewEntry::link(parent, entry.target).place(at.base, entry);
    progress_.finished_one();
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
