// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_entry.hpp"
#include <cstdint>
#include <exception>
#include <functional>
#include <string_view>
#include <vector>

struct archive;

namespace isag {

// A part of a sparse file that is no hole.
struct ArchiveExtent {
    std::int64_t offset;
    std::int64_t length;
};

// Writes a tar archive as GNU tar reads it, names as the bytes that they are; each call's bytes have gone to the sink
// when it returns. Throws Error, and whatever `sink` throws.
class ArchiveWriter {
public:
    // Takes all of the bytes.
    using Sink = std::function<void(std::string_view)>;
    explicit ArchiveWriter(Sink sink);
    ArchiveWriter(const ArchiveWriter&) = delete;
    ~ArchiveWriter();

    // A file, a folder or a link. A file's content comes next, entry.size bytes by write(), those of holes included;
    // extents say where it is none (empty: all of it counts).
    void begin(const ArchiveEntry& entry, const std::vector<ArchiveExtent>& extents = {});
    void write(std::string_view bytes);
    void end();
    // Ends the archive.
    void close();

private:
    static ssize_t drain(archive*, void* self, const void* bytes, std::size_t size);
    void check(int status, const char* what) const;

    Sink sink_;
    archive* archive_;
    std::exception_ptr thrown_;  // by sink_
    bool is_over_ = false;
};

}  // namespace isag
