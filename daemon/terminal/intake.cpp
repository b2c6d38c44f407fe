// SPDX-License-Identifier: Apache-2.0
#include "daemon/terminal/intake.hpp"
#include "common/error.hpp"
#include "common/unique_fd.hpp"
#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/mman.h>
#include <unistd.h>
#include <utility>

namespace fs = std::filesystem;

namespace isag::terminal {

// Zero where nothing was read to, so that the end of what was is found again: killed within read(2), nobody wrote a
// size down.
struct Intake::Pages {
    Place place;
    std::array<char, room> output;
};

void Intake::Unmap::operator()(Pages* pages) const { ::munmap(pages, sizeof *pages); }

namespace {

void* map(const fs::path& file, std::size_t size) {
    const UniqueFd fd(::open(file.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) throw errno_error("cannot open " + file.string(), errno);
    if (const int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(size)))
        throw errno_error("no room for " + file.string(), error);
    void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd.get(), 0);
    if (pages == MAP_FAILED) throw errno_error("cannot map " + file.string(), errno);
    return pages;
}

void* map_plain(std::size_t size) {
    void* const pages = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (pages == MAP_FAILED) throw errno_error("no memory for a terminal", errno);
    return pages;
}

}  // namespace

Intake::Intake(const fs::path& file) {
    void* pages = nullptr;
    try {
        pages = file.empty() ? map_plain(sizeof(Pages)) : map(file, sizeof(Pages));
    } catch (const Error& error) {
        spdlog::error("{}; output may be lost where isagd is killed", error.what());
        pages = map_plain(sizeof(Pages));
    }
    pages_.reset(static_cast<Pages*>(pages));
}

Intake::Read Intake::read(int terminal, const Place& place, std::size_t most) {
    auto& output = pages_->output;
    std::fill_n(output.begin(), std::exchange(used_, 0), '\0');
    std::atomic_signal_fence(std::memory_order_seq_cst);  // killed in between: nothing, at the old place
    pages_->place = place;
    Read read;
    most = std::min(most, room);
    while (read.is_open && used_ < most) {
        const ssize_t n = ::read(terminal, output.data() + used_, most - used_);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno == EAGAIN) break;
        read.is_open = n > 0;
        if (read.is_open) used_ += static_cast<std::size_t>(n);
    }
    read.output = {output.data(), used_};
    return read;
}

Intake::Place Intake::place() const { return pages_->place; }

std::string_view Intake::left() const {
    const std::string_view output(pages_->output.data(), room);
    return output.substr(0, output.find_last_not_of('\0') + 1);
}

}  // namespace isag::terminal
