// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_entry.hpp"
#include "common/unique_fd.hpp"
#include <array>
#include <string>
#include <sys/stat.h>

namespace isag {

// A file or link on its way to a name in a folder: made under another name there, and put in the place of what has that
// name by one rename(2), which follows no link. Until then the destructor removes it.
class NewEntry {
public:
    // An empty file that only we can read. Throws Error.
    static NewEntry file(const UniqueFd& folder);
    static NewEntry link(const UniqueFd& folder, const std::string& target);
    NewEntry(NewEntry&& other) noexcept;
    NewEntry& operator=(NewEntry&&) = delete;
    ~NewEntry();

    // The file's, to write.
    const UniqueFd& fd() const { return fd_; }
    // Gives it the entry's mode (see stamp_of; not to a link) and time, and its name. Throws Error.
    void place(const std::string& name, const ArchiveEntry& entry);

private:
    NewEntry(const UniqueFd& folder, std::string temporary, UniqueFd fd);
    void stamp(const ArchiveEntry& entry) const;

    int folder_;             // the caller's, open for as long as this is
    std::string temporary_;  // empty once it is in place
    UniqueFd fd_;
};

// What an entry's mode and time become here: set-id and sticky bits are dropped, and so is what lets others write where
// the umask denies it to them. The time of the last access is left as it is (utimensat(2)).
struct EntryStamp {
    mode_t mode;
    std::array<timespec, 2> times;
};
EntryStamp stamp_of(const ArchiveEntry& entry);

}  // namespace isag
