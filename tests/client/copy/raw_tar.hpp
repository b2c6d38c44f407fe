// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/archive_reader.hpp"
#include "client/copy/entry_name.hpp"
#include "client/copy/progress.hpp"
#include "client/copy/tree_writer.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <filesystem>
#include <functional>
#include <string>

namespace isag::test {

// One entry of a tar archive, byte by byte as its writer wants it (ustar, POSIX.1-1988). type: '0' a file, '1' a hard
// link, '2' a link, '3' a character device, '4' a block device, '5' a folder, '6' a fifo.
struct RawEntry {
    std::string name;
    char type = '0';
    std::string content = {};
    std::string target = {};
    unsigned mode = 0;                        // 0: 0755 for a folder, 0644 for others
    unsigned long long claimed_size = ~0ULL;  // else that of the content
};

inline std::string raw_tar_entry(const RawEntry& entry) {
    std::string block(512, '\0');
    const auto put = [&](std::size_t at, std::size_t width, const std::string& text) {
        block.replace(at, std::min(width, text.size()), text, 0, std::min(width, text.size()));
    };
    const auto octal = [](unsigned long long number, int digits) {
        char text[32];
        std::snprintf(text, sizeof text, "%0*llo", digits, number);
        return std::string(text);
    };
    const auto size = entry.claimed_size != ~0ULL ? entry.claimed_size : entry.content.size();
    put(0, 100, entry.name);
    put(100, 7, octal(entry.mode != 0 ? entry.mode : entry.type == '5' ? 0755 : 0644, 7));
    put(108, 7, octal(0, 7));
    put(116, 7, octal(0, 7));
    put(124, 12, octal(size, 11));
    put(136, 12, octal(1'000'000'000, 11));
    put(148, 8, "        ");
    put(156, 1, std::string(1, entry.type));
    put(157, 100, entry.target);
    put(257, 8,
        std::string("ustar\0"
                    "00",
                    8));
    unsigned sum = 0;
    for (const char c : block) sum += static_cast<unsigned char>(c);
    put(148, 7, octal(sum, 6) + '\0');
    std::string out = block + entry.content;
    out.resize((out.size() + 511) / 512 * 512, '\0');
    return out;
}

inline std::string raw_tar(std::initializer_list<RawEntry> entries) {
    std::string out;
    for (const auto& entry : entries) out += raw_tar_entry(entry);
    return out + std::string(1024, '\0');
}

// Unpacks an archive below a folder as isag cp does, each part of it given by a call of its own; `before_read` may
// change the folder meanwhile. Returns what went wrong.
struct Unpacked {
    std::string error;
    std::string advice = {};
    std::uint64_t entries = 0;
    std::uint64_t bytes = 0;
};

inline Unpacked unpack(const std::string& bytes, const std::filesystem::path& folder, std::string top = {},
                       std::size_t limit = TreeWriter::most_entries, std::size_t piece = 512,
                       const std::function<void(std::size_t)>& before_read = {}) {
    CopyProgress progress(Context(), true);
    Unpacked done;
    std::size_t at = 0;
    const auto source = [&](char* into, std::size_t size) {
        if (before_read) before_read(at);
        const std::size_t n = std::min({size, piece, bytes.size() - at});
        std::memcpy(into, bytes.data() + at, n);
        at += n;
        return n;
    };
    try {
        ArchiveReader archive(source);
        EntryRoot root;
        TreeWriter writer(UniqueFd(::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), std::move(top), progress,
                          limit);
        while (const auto entry = archive.next()) {
            const std::string below = root.below(entry->name).value();
            writer.add(*entry, below, archive);
        }
    } catch (const Error& error) {
        done.error = error.message();
        done.advice = error.hint();
    }
    done.entries = progress.entries();
    done.bytes = progress.bytes();
    return done;
}

}  // namespace isag::test
