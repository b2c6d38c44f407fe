// SPDX-License-Identifier: Apache-2.0
#include "client/archive_reader.hpp"
#include "client/archive_library.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <cerrno>
#include <utility>

namespace isag {
namespace {

constexpr std::size_t read_chunk = std::size_t{256} << 10;

std::string text_of(const char* text) { return text ? text : ""; }

ArchiveEntry::Type type_of(const ArchiveLibrary& lib, archive_entry* entry) {
    if (lib.entry_hardlink(entry)) return ArchiveEntry::Type::hard_link;
    switch (lib.entry_filetype(entry)) {
        case AE_IFREG:
            return ArchiveEntry::Type::file;
        case AE_IFDIR:
            return ArchiveEntry::Type::folder;
        case AE_IFLNK:
            return ArchiveEntry::Type::link;
        default:
            return ArchiveEntry::Type::other;
    }
}

ArchiveEntry convert(const ArchiveLibrary& lib, archive_entry* entry) {
    ArchiveEntry out;
    out.type = type_of(lib, entry);
    out.name = text_of(lib.entry_pathname(entry));
    if (out.type == ArchiveEntry::Type::link) out.target = text_of(lib.entry_symlink(entry));
    out.mode = lib.entry_perm(entry) & 07777;
    out.size = lib.entry_size_is_set(entry) ? lib.entry_size(entry) : 0;
    out.seconds = lib.entry_mtime(entry);
    out.nanoseconds = lib.entry_mtime_nsec(entry);
    return out;
}

}  // namespace

ArchiveReader::ArchiveReader(Source source)
    : source_(std::move(source)), archive_(archive_library().read_new()), buffer_(read_chunk) {
    if (!archive_ || archive_library().read_support_format_tar(archive_) != ARCHIVE_OK)
        throw Error("libarchive cannot read tar archives");
}

ArchiveReader::~ArchiveReader() { archive_library().read_free(archive_); }

ssize_t ArchiveReader::fill(archive*, void* self, const void** bytes) {
    auto& reader = *static_cast<ArchiveReader*>(self);
    *bytes = reader.buffer_.data();
    if (reader.thrown_) return -1;
    try {
        return static_cast<ssize_t>(reader.source_(reader.buffer_.data(), reader.buffer_.size()));
    } catch (...) {
        reader.thrown_ = std::current_exception();
        return -1;
    }
}

void ArchiveReader::fail(int status) const {
    if (thrown_) std::rethrow_exception(thrown_);
    const std::string why = text_of(archive_library().error_string(archive_));
    throw Error("the tar archive cannot be read: " +
                (why.empty() ? "error " + std::to_string(status) : escape_controls(why)));
}

void ArchiveReader::open() {
    opened_ = true;
    if (const int status = archive_library().read_open(archive_, this, nullptr, fill, nullptr); status != ARCHIVE_OK)
        fail(status);
}

std::optional<ArchiveEntry> ArchiveReader::next() {
    if (!opened_) open();
    archive_entry* entry = nullptr;
    const int status = ended_ ? ARCHIVE_EOF : archive_library().read_next_header(archive_, &entry);
    if (thrown_) std::rethrow_exception(thrown_);
    ended_ = status == ARCHIVE_EOF;
    if (ended_) return std::nullopt;
    if (status != ARCHIVE_OK) fail(status);  // a warning too: something of it would not arrive as it was
    auto out = convert(archive_library(), entry);
    if (out.size < 0) throw Error("the tar archive has an entry of " + std::to_string(out.size) + " bytes");
    size_ = out.size;
    end_ = 0;
    return out;
}

std::optional<ArchiveBlock> ArchiveReader::read_block() {
    const void* bytes = nullptr;
    std::size_t count = 0;
    la_int64_t offset = 0;
    const int status = archive_library().read_data_block(archive_, &bytes, &count, &offset);
    if (thrown_) std::rethrow_exception(thrown_);
    if (status == ARCHIVE_EOF) return std::nullopt;
    if (status != ARCHIVE_OK) fail(status);
    const auto length = static_cast<std::int64_t>(count);
    if (offset < end_ || length > size_ || offset > size_ - length)
        throw Error("the tar archive has a file whose parts do not fit into it");
    end_ = offset + length;
    return ArchiveBlock{offset, {static_cast<const char*>(bytes), count}};
}

}  // namespace isag
