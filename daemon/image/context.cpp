// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/context.hpp"
#include <algorithm>
#include <archive.h>
#include <archive_entry.h>
#include <memory>

namespace isag::image {
namespace {

using Archive = std::unique_ptr<archive, decltype(&archive_write_free)>;
using Entry = std::unique_ptr<archive_entry, decltype(&archive_entry_free)>;

la_ssize_t append(archive*, void* out, const void* bytes, std::size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}

bool add(archive* tar, const NamedFile& file) {
    const Entry entry(archive_entry_new(), archive_entry_free);
    archive_entry_set_pathname(entry.get(), file.name.c_str());
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0644);
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(file.content.size()));
    archive_entry_set_mtime(entry.get(), 0, 0);
    archive_entry_set_uid(entry.get(), 0);
    archive_entry_set_gid(entry.get(), 0);
    if (archive_write_header(tar, entry.get()) != ARCHIVE_OK) return false;
    const auto written = archive_write_data(tar, file.content.data(), file.content.size());
    return written == static_cast<la_ssize_t>(file.content.size());
}

}  // namespace

Result<std::string> make_context(std::vector<NamedFile> files) {
    std::sort(files.begin(), files.end(), [](const NamedFile& a, const NamedFile& b) { return a.name < b.name; });
    std::string out;
    const Archive tar(archive_write_new(), archive_write_free);
    const auto failure = [&] {
        const char* why = archive_error_string(tar.get());
        return Failure{std::string("cannot pack the build context: ") + (why ? why : "unknown error")};
    };
    archive_write_set_format_ustar(tar.get());
    if (archive_write_open(tar.get(), &out, nullptr, append, nullptr) != ARCHIVE_OK) return failure();
    for (const auto& file : files)
        if (!add(tar.get(), file)) return failure();
    if (archive_write_close(tar.get()) != ARCHIVE_OK) return failure();
    return out;
}

}  // namespace isag::image
