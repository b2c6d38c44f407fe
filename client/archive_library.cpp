// SPDX-License-Identifier: Apache-2.0
#include "client/archive_library.hpp"
#include "common/error.hpp"
#include <dlfcn.h>
#include <string>

namespace isag {
namespace {

// libarchive's ABI since 3.0; its functions are only added to.
constexpr const char* archive_library_name = "libarchive.so.13";

template <class F>
void find_archive_function(void* library, const char* name, F& out) {
    out = reinterpret_cast<F>(::dlsym(library, name));
    if (!out) throw Error(std::string(archive_library_name) + " has no " + name, "install libarchive 3.4 or later");
}

ArchiveLibrary load_archive_library() {
    void* const library = ::dlopen(archive_library_name, RTLD_NOW | RTLD_LOCAL);  // stays until the end
    if (!library)
        throw Error(std::string("cannot load ") + archive_library_name,
                    "install libarchive (libarchive13, libarchive13t64)");
    ArchiveLibrary out{};
#define ISAG_ARCHIVE_FUNCTION(name) find_archive_function(library, "archive_" #name, out.name)
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
    return out;
}

}  // namespace

const ArchiveLibrary& archive_library() {
    static const ArchiveLibrary library = load_archive_library();
    return library;
}

}  // namespace isag
