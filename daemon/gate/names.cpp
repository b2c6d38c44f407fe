// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/names.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <unistd.h>

namespace isag::gate {
namespace {

std::string read_all(const UniqueFd& file) {
    std::string out;
    char piece[4096];
    for (ssize_t n = 0; (n = ::pread(file.get(), piece, sizeof piece, static_cast<off_t>(out.size()))) != 0;) {
        if (n > 0)
            out.append(piece, static_cast<std::size_t>(n));
        else if (errno != EINTR)
            throw errno_error("cannot read the names that were given out", errno);
    }
    return out;
}

}  // namespace

Names::Names(UniqueFd memory) : memory_(std::move(memory)) {
    const std::string text = read_all(memory_);
    std::size_t begin = 0;
    for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
        names_.push_back(text.substr(begin, end - begin));
        addresses_.emplace(names_.back(), first + static_cast<std::uint32_t>(names_.size()) - 1);
        begin = end + 1;
    }
    // A worker that died in the middle of a line had told nobody of that name.
    if (begin != text.size() && ::ftruncate(memory_.get(), static_cast<off_t>(begin)) != 0)
        throw errno_error("cannot mend the list of names", errno);
    ::lseek(memory_.get(), 0, SEEK_END);
}

std::optional<std::uint32_t> Names::address_of(std::string_view name) {
    if (const auto known = addresses_.find(name); known != addresses_.end()) return known->second;
    if (names_.size() >= most) return std::nullopt;
    const std::string line = std::string(name) + "\n";
    if (::write(memory_.get(), line.data(), line.size()) != static_cast<ssize_t>(line.size())) return std::nullopt;
    names_.emplace_back(name);
    const std::uint32_t address = first + static_cast<std::uint32_t>(names_.size()) - 1;
    addresses_.emplace(names_.back(), address);
    return address;
}

std::optional<std::string> Names::name_of(std::uint32_t address) const {
    if (address < first || address - first >= names_.size()) return std::nullopt;
    return names_[address - first];
}

std::string dotted(std::uint32_t address) {
    std::string out;
    for (int shift = 24; shift >= 0; shift -= 8)
        out += (shift == 24 ? "" : ".") + std::to_string(address >> shift & 255);
    return out;
}

}  // namespace isag::gate
