// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_writer.hpp"
#include "client/copy/progress.hpp"
#include "common/unique_fd.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace isag {

// Reads a file, link or folder of the host, which an agent may change meanwhile, into an archive. Nothing but what was
// opened, and what is below it, is read: each name is looked up in the open folder that it is in, and no link is
// followed (security.md F7). Special files are passed over with a warning, and so is, counted, what can't be read.
class TreeReader {
public:
    static constexpr std::size_t deepest = 200;  // folders in each other, each of which is held open

    TreeReader(ArchiveWriter& archive, CopyProgress& progress) : archive_(archive), progress_(progress) {}

    // As an entry of that name; where it is empty, what is in the folder instead of the folder. Throws Error.
    void add(const UniqueFd& source, const std::string& name);
    // How many could not be read.
    std::size_t unread() const { return unread_; }
    // The file that was begun in the archive, whose content is not yet there as a whole.
    const std::optional<std::string>& unfinished() const { return unfinished_; }

private:
    void add_at(const UniqueFd& source, const std::string& name, std::size_t depth);
    void add_file(const UniqueFd& source, ArchiveEntry entry);
    void add_folder(const UniqueFd& source, const ArchiveEntry& entry, std::size_t depth);
    void add_names_in(const UniqueFd& folder, const std::string& prefix, std::size_t depth);
    void copy_extent(const UniqueFd& file, const std::string& name, ArchiveExtent extent);
    void skip(std::int64_t length);
    void leave_out(const std::string& name, const std::string& why);

    ArchiveWriter& archive_;
    CopyProgress& progress_;
    std::size_t unread_ = 0;
    std::optional<std::string> unfinished_;
    std::vector<char> buffer_;
};

}  // namespace isag
