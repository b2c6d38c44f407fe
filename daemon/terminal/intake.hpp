// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

namespace isag::terminal {

// Where a program's output is read to: memory that outlives this process, being the pages of a file. read(2) fills them
// itself, so an isagd that is killed has no output that is not either with the kernel, in here, or in the log; the
// next one finds here what was not yet logged. The file belongs on a tmpfs: its space is taken at once, since there is
// no telling later that there is none. Where it can't be made, plain memory does, and isagd's own log says so.
class Intake {
public:
    static constexpr std::size_t room = std::size_t{64} << 10;

    // A place in the log.
    struct Place {
        std::int64_t part = 0;
        std::int64_t offset = 0;
    };
    struct Read {
        std::string_view output;  // until the next read; empty where there was none
        bool is_open = true;      // false once no process has the terminal open (EIO)
    };

    // Goes on with the file that an earlier isagd made. Without a name it is memory alone.
    explicit Intake(const std::filesystem::path& file);

    // What is there, up to that much and the room; never waits. It will be logged at that place.
    Read read(int terminal, const Place& place, std::size_t most = room);

    // The last read, by whomever. It may have been logged, in part or whole, as the log's size at the place says. Of
    // NULs at its end, which show nothing, it does not know.
    Place place() const;
    std::string_view left() const;

private:
    struct Pages;
    struct Unmap {
        void operator()(Pages* pages) const;
    };
    std::unique_ptr<Pages, Unmap> pages_;
    std::size_t used_ = room;  // bytes that may not be zero
};

}  // namespace isag::terminal
