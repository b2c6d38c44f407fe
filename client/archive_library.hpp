// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <archive.h>
#include <archive_entry.h>

namespace isag {

// libarchive, loaded when it is first needed: with the dozen libraries that it brings along, every isag would take 7.5
// ms instead of 2.7 to start, and 6.5 MB instead of 3.1, and only `isag cp` has a use for it.
struct ArchiveLibrary {
#define ISAG_ARCHIVE_FUNCTION(name) decltype(&archive_##name) name
    ISAG_ARCHIVE_FUNCTION(error_string);
    ISAG_ARCHIVE_FUNCTION(entry_new);
    ISAG_ARCHIVE_FUNCTION(entry_free);
    ISAG_ARCHIVE_FUNCTION(entry_filetype);
    ISAG_ARCHIVE_FUNCTION(entry_hardlink);
    ISAG_ARCHIVE_FUNCTION(entry_mtime);
    ISAG_ARCHIVE_FUNCTION(entry_mtime_nsec);
    ISAG_ARCHIVE_FUNCTION(entry_pathname);
    ISAG_ARCHIVE_FUNCTION(entry_perm);
    ISAG_ARCHIVE_FUNCTION(entry_size);
    ISAG_ARCHIVE_FUNCTION(entry_size_is_set);
    ISAG_ARCHIVE_FUNCTION(entry_symlink);
    ISAG_ARCHIVE_FUNCTION(entry_set_filetype);
    ISAG_ARCHIVE_FUNCTION(entry_set_mtime);
    ISAG_ARCHIVE_FUNCTION(entry_set_pathname);
    ISAG_ARCHIVE_FUNCTION(entry_set_perm);
    ISAG_ARCHIVE_FUNCTION(entry_set_size);
    ISAG_ARCHIVE_FUNCTION(entry_set_symlink);
    ISAG_ARCHIVE_FUNCTION(entry_sparse_add_entry);
    ISAG_ARCHIVE_FUNCTION(read_new);
    ISAG_ARCHIVE_FUNCTION(read_free);
    ISAG_ARCHIVE_FUNCTION(read_support_format_tar);
    ISAG_ARCHIVE_FUNCTION(read_open);
    ISAG_ARCHIVE_FUNCTION(read_next_header);
    ISAG_ARCHIVE_FUNCTION(read_data_block);
    ISAG_ARCHIVE_FUNCTION(write_new);
    ISAG_ARCHIVE_FUNCTION(write_free);
    ISAG_ARCHIVE_FUNCTION(write_close);
    ISAG_ARCHIVE_FUNCTION(write_set_format_pax_restricted);
    ISAG_ARCHIVE_FUNCTION(write_set_format_option);
    ISAG_ARCHIVE_FUNCTION(write_set_bytes_per_block);
    ISAG_ARCHIVE_FUNCTION(write_open);
    ISAG_ARCHIVE_FUNCTION(write_header);
    ISAG_ARCHIVE_FUNCTION(write_data);
    ISAG_ARCHIVE_FUNCTION(write_finish_entry);
#undef ISAG_ARCHIVE_FUNCTION
};

// Throws Error where it is not installed.
const ArchiveLibrary& archive_library();

}  // namespace isag
