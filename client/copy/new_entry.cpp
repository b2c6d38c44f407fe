// SPDX-License-Identifier: Apache-2.0
#include "client/copy/new_entry.hpp"
#include "client/copy/beneath.hpp"
#include "client/copy/write_error.hpp"
#include "common/error.hpp"
#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <fcntl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isag {
namespace {

std::string temporary_name() {
    std::uint64_t number = 0;
    if (::getrandom(&number, sizeof number, 0) != sizeof number) throw errno_error("cannot get random bytes", errno);
    char name[40];
    std::snprintf(name, sizeof name, ".isag-cp-%016llx", static_cast<unsigned long long>(number));
    return name;
}

}  // namespace

EntryStamp stamp_of(const ArchiveEntry& entry) {
    const mode_t mask = ::umask(0);
    ::umask(mask);
    constexpr mode_t write_bits = S_IWGRP | S_IWOTH;
    return {entry.mode & 0777 & ~(mask & write_bits),
            {timespec{0, UTIME_OMIT},
             timespec{static_cast<time_t>(entry.seconds), std::clamp(entry.nanoseconds, 0L, 999'999'999L)}}};
}

NewEntry::NewEntry(const UniqueFd& folder, std::string temporary, UniqueFd fd)
    : folder_(folder.get()), temporary_(std::move(temporary)), fd_(std::move(fd)) {}

NewEntry::NewEntry(NewEntry&& other) noexcept
    : folder_(other.folder_), temporary_(std::exchange(other.temporary_, {})), fd_(std::move(other.fd_)) {}

NewEntry::~NewEntry() {
    if (!temporary_.empty()) ::unlinkat(folder_, temporary_.c_str(), 0);
}

NewEntry NewEntry::file(const UniqueFd& folder) {
    std::string name = temporary_name();
    UniqueFd fd = open_beneath(folder, name, O_RDWR | O_CREAT | O_EXCL | O_NOCTTY, 0600);
    if (!fd) throw write_error("cannot make a file", errno);
    return {folder, std::move(name), std::move(fd)};
}

NewEntry NewEntry::link(const UniqueFd& folder, const std::string& target) {
    std::string name = temporary_name();
    if (::symlinkat(target.c_str(), folder.get(), name.c_str()) != 0) throw write_error("cannot make a link", errno);
    return {folder, std::move(name), UniqueFd()};
}

void NewEntry::stamp(const ArchiveEntry& entry) const {
    const auto [mode, times] = stamp_of(entry);
    if (!fd_) {
        ::utimensat(folder_, temporary_.c_str(), times.data(), AT_SYMLINK_NOFOLLOW);  // not every file system can
        return;
    }
    if (::fchmod(fd_.get(), mode) != 0) throw write_error("cannot set its mode", errno);
    if (::futimens(fd_.get(), times.data()) != 0) throw write_error("cannot set its time", errno);
}

void NewEntry::place(const std::string& name, const ArchiveEntry& entry) {
    stamp(entry);
    if (::renameat(folder_, temporary_.c_str(), folder_, name.c_str()) != 0) {
        if (errno == EISDIR) throw Error("a folder is in its place", "move that away, or copy to another name");
        throw write_error("cannot put it in place", errno);
    }
    temporary_.clear();
}

}  // namespace isag
