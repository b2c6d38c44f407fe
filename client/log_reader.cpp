// SPDX-License-Identifier: Apache-2.0
#include "client/log_reader.hpp"
#include "common/error.hpp"
#include "proto/session.hpp"
#include <algorithm>
#include <cerrno>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace isag {
namespace {

struct stat info_of(const UniqueFd& file) {
    struct stat info {};
    if (::fstat(file.get(), &info) != 0) throw errno_error("cannot read the log", errno);
    return info;
}

}  // namespace

LogReader::LogReader(UniqueFd file, std::int64_t offset) : file_(std::move(file)), offset_(offset) {}

// An open file's number is no other's.
bool LogReader::take(std::vector<UniqueFd> files) {
    auto first = files.begin();
    if (file_) {
        const auto last = info_of(next_.empty() ? file_ : next_.back());
        const auto known = std::find_if(files.begin(), files.end(), [&](const UniqueFd& file) {
            const auto info = info_of(file);
            return info.st_dev == last.st_dev && info.st_ino == last.st_ino;
        });
        if (known != files.end())
            first = known + 1;
        else if (last.st_size < proto::full_log_file)  // which isagd does not remove before the others
            return false;
    }
    std::move(first, files.end(), std::back_inserter(next_));
    return true;
}

std::string_view LogReader::read() {
    for (;;) {
        const ssize_t n = file_ ? ::pread(file_.get(), bytes_.data(), bytes_.size(), offset_) : 0;
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) throw errno_error("cannot read the log", errno);
        if (n > 0) {
            offset_ += n;
            return {bytes_.data(), static_cast<std::size_t>(n)};
        }
        if (next_.empty()) return {};
        file_ = std::move(next_.front());
        next_.pop_front();
        offset_ = 0;
    }
}

bool LogReader::needs_files() const { return next_.empty() && (!file_ || offset_ >= proto::full_log_file); }

}  // namespace isag
