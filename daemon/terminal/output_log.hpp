// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include "daemon/terminal/intake.hpp"
#include "proto/api.hpp"
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::terminal {

// What a sandbox's terminal printed, on disk and bounded: a folder with numbered files, of which the last two are kept,
// and a checkpoint, from which the next isagd paints the screen anew: what was shown at some place in these files.
// Where the disk fails, the log has a gap and says so in isagd's own log, once.
class OutputLog {
public:
    static constexpr std::int64_t most_bytes_each = std::int64_t{4} << 20;

    // Goes on with what is in the folder, which is made where it is missing, and with what an isagd that was killed had
    // read and not yet written (`intake`, a file; see Intake).
    OutputLog(std::filesystem::path folder, const std::filesystem::path& intake);

    // Reads what a terminal (its master, which does not wait) has, up to that much, and keeps it.
    Intake::Read take(int terminal, std::size_t most = Intake::room);
    void append(std::string_view output);
    // The current file is full: the next checkpoint that lacks nothing begins a new one.
    bool is_full() const { return size_ >= most_bytes_each; }
    // What was painted lacks the last `behind` bytes of the current file.
    void checkpoint(const proto::TerminalSize& size, const std::string& painted, std::size_t behind = 0);

    struct Restored {
        proto::TerminalSize size;
        std::string painted;  // of the checkpoint
        std::string output;   // what came after it
    };
    // None where there is no checkpoint that can be read.
    std::optional<Restored> restore() const;

    // How much was printed up to here, in bytes since the terminal's first: a place in the output that a later log of
    // the folder knows, too. None where something could not be written.
    std::optional<std::int64_t> end() const;
    // What was printed from there on. None where that place is not in the log, or more than `most` bytes follow.
    std::optional<std::string> since(std::int64_t place, std::size_t most) const;

    struct Part {
        UniqueFd file;          // to read
        std::int64_t size = 0;  // bytes now
    };
    // The files, the oldest first. Throws Error.
    static std::vector<Part> open_parts(const std::filesystem::path& folder);

private:
    std::filesystem::path part(std::int64_t number) const;
    void open_part();
    void count_earlier(const std::vector<std::int64_t>& numbers);
    void append_left();
    void complain(const std::string& what);

    std::filesystem::path folder_;
    std::int64_t number_ = 1;  // of the current file
    std::int64_t size_ = 0;
    std::optional<std::int64_t> earlier_ = 0;  // bytes in the files before it, those that are gone too
    UniqueFd file_;
    Intake intake_;
    bool complained_ = false;
};

}  // namespace isag::terminal
