// SPDX-License-Identifier: Apache-2.0
#include "client/archive_writer.hpp"
#include "client/archive_library.hpp"
#include "common/error.hpp"
#include "common/escape.hpp"
#include <memory>
#include <string>
#include <utility>

namespace isag {
namespace {

unsigned file_type(ArchiveEntry::Type type) {
    if (type == ArchiveEntry::Type::folder) return AE_IFDIR;
    return type == ArchiveEntry::Type::link ? AE_IFLNK : AE_IFREG;
}

}  // namespace

ArchiveWriter::ArchiveWriter(Sink sink) : sink_(std::move(sink)), archive_(archive_library().write_new()) {
    const auto& lib = archive_library();
    // Plain ustar where that is enough, pax where it isn't: long names, large files, holes.
    check(lib.write_set_format_pax_restricted(archive_), "begin the archive");
    check(lib.write_set_format_option(archive_, "pax", "hdrcharset", "BINARY"), "begin the archive");
    check(lib.write_set_bytes_per_block(archive_, 0), "begin the archive");  // unbuffered
    check(lib.write_open(archive_, this, nullptr, drain, nullptr), "begin the archive");
}

ArchiveWriter::~ArchiveWriter() {
    is_over_ = true;  // freeing must not write an end to what was given up
    archive_library().write_free(archive_);
}

ssize_t ArchiveWriter::drain(archive*, void* self, const void* bytes, std::size_t size) {
    auto& writer = *static_cast<ArchiveWriter*>(self);
    try {
        if (!writer.thrown_ && !writer.is_over_) writer.sink_({static_cast<const char*>(bytes), size});
    } catch (...) {
        writer.thrown_ = std::current_exception();
    }
    return static_cast<ssize_t>(size);  // told of a failure, libarchive 3.6 would not free all
}

void ArchiveWriter::check(int status, const char* what) const {
    if (thrown_) std::rethrow_exception(thrown_);
    if (status >= ARCHIVE_OK) return;
    const char* why = archive_library().error_string(archive_);
    throw Error(std::string("cannot ") + what + ": " + escape_controls(why ? why : "libarchive refuses it"));
}

void ArchiveWriter::begin(const ArchiveEntry& entry, const std::vector<ArchiveExtent>& extents) {
    const auto& lib = archive_library();
    const std::unique_ptr<archive_entry, decltype(lib.entry_free)> out(lib.entry_new(), lib.entry_free);
    lib.entry_set_filetype(out.get(), file_type(entry.type));
    lib.entry_set_pathname(out.get(), entry.name.c_str());
    lib.entry_set_perm(out.get(), entry.mode);
    lib.entry_set_mtime(out.get(), entry.seconds, 0);
    lib.entry_set_size(out.get(), entry.type == ArchiveEntry::Type::file ? entry.size : 0);
    if (entry.type == ArchiveEntry::Type::link) lib.entry_set_symlink(out.get(), entry.target.c_str());
    for (const auto& extent : extents) lib.entry_sparse_add_entry(out.get(), extent.offset, extent.length);
    check(lib.write_header(archive_, out.get()), "write an entry's header");
}

void ArchiveWriter::write(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto n = archive_library().write_data(archive_, bytes.data(), bytes.size());
        check(n > 0 ? ARCHIVE_OK : ARCHIVE_FATAL, "write a file's content");
        bytes.remove_prefix(static_cast<std::size_t>(n));
    }
}

void ArchiveWriter::end() { check(archive_library().write_finish_entry(archive_), "end an entry"); }

void ArchiveWriter::close() { check(archive_library().write_close(archive_), "end the archive"); }

}  // namespace isag
