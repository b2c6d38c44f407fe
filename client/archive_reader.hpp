// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_entry.hpp"
#include <cstddef>
#include <cstdint>
#include <exception>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct archive;

namespace isag {

// Some of a file's content; what lies between two of them is a hole.
struct ArchiveBlock {
    std::int64_t offset;
    std::string_view bytes;  // until the next call
};

// Reads an uncompressed tar archive (ustar, pax, GNU) that comes from anywhere. Throws Error for one that breaks the
// format or ends too early, and whatever `source` throws.
class ArchiveReader {
public:
    // Fills up to that many bytes and says how many, 0 at the end.
    using Source = std::function<std::size_t(char*, std::size_t)>;
    explicit ArchiveReader(Source source);
    ArchiveReader(const ArchiveReader&) = delete;
    ~ArchiveReader();

    // The next entry, what is left of the last one's content passed over.
    std::optional<ArchiveEntry> next();
    // The next block of the entry's content: behind the one before, and within its size.
    std::optional<ArchiveBlock> read_block();

private:
    static ssize_t fill(archive*, void* self, const void** bytes);
    void open();
    [[noreturn]] void fail(int status) const;

    Source source_;
    archive* archive_;
    std::vector<char> buffer_;
    std::exception_ptr thrown_;  // by source_; it may not pass through libarchive
    bool opened_ = false;
    bool ended_ = false;
    std::int64_t size_ = 0;
    std::int64_t end_ = 0;  // of the last block
};

}  // namespace isag
