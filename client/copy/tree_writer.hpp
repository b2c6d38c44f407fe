// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_reader.hpp"
#include "client/copy/new_entry.hpp"
#include "client/copy/progress.hpp"
#include "common/unique_fd.hpp"
#include <cstddef>
#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace isag {

// Writes what a sandbox sends below one folder of the host, and nowhere else (security.md F7): the names and links in
// the stream, and whatever is changed in the folder meanwhile, are an attacker's. Files are whole when they get their
// names; what had the name before is replaced, a link never followed. Folders that were there are filled, not changed.
// Set-id and sticky bits are dropped, and so is, of what others may write, what the umask denies them. Devices, fifos
// and the like are passed over with a warning.
class TreeWriter {
public:
    static constexpr std::size_t most_entries = 2'000'000;
    static constexpr std::size_t most_folder_bytes = std::size_t{256} << 20;  // of all folders' paths

    // What comes goes below `folder` as `top`; where that is empty, into it.
    TreeWriter(UniqueFd folder, std::string top, CopyProgress& progress, std::size_t entry_limit = most_entries);
    TreeWriter(const TreeWriter&) = delete;
    // Gives the folders that were made their modes and times, until one of the signals comes, which is left for others.
    ~TreeWriter();

    // One entry; `below` is its path below the source (checked, empty for the source itself). Throws Error that names
    // it, as for a hard link: a link(2) could give a name here to what the person never named, and a copy for each of
    // the stream's few bytes would fill any disk.
    void add(const ArchiveEntry& entry, const std::string& below, ArchiveReader& content);

private:
    using FileId = std::pair<dev_t, ino_t>;
    struct MadeFolder {
        std::string path;
        FileId id;
        EntryStamp stamp;
    };
    std::string path_of(const std::string& below) const;
    void add_checked(const ArchiveEntry& entry, const std::string& path, ArchiveReader& content);
    void add_folder(const ArchiveEntry& entry, const std::string& path);
    void add_file(const ArchiveEntry& entry, const std::string& path, ArchiveReader& content);
    void add_link(const ArchiveEntry& entry, const std::string& path);
    UniqueFd open_folder_of(const std::string& folder) const;
    void finish_folder(const MadeFolder& made) const;

    UniqueFd folder_;
    std::string top_;
    CopyProgress& progress_;
    std::size_t entry_limit_;
    std::size_t entries_ = 0;
    std::size_t folder_bytes_ = 0;
    std::vector<MadeFolder> made_;
};

}  // namespace isag
