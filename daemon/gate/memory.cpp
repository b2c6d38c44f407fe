// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/memory.hpp"
#include "common/error.hpp"
#include <cerrno>
#include <cstdint>
#include <sys/mman.h>
#include <unistd.h>

namespace isag::gate {
namespace {

// The file begins with where its text is. It is written last, in one piece.
struct Place {
    std::uint64_t offset = sizeof(Place);
    std::uint64_t size = 0;
};

Place place_in(const UniqueFd& file) {
    Place place;
    if (::pread(file.get(), &place, sizeof place, 0) != sizeof place) return {};
    return place;
}

}  // namespace

std::string Memory::load() const {
    const Place place = place_in(file_);
    std::string text(place.size, '\0');
    if (::pread(file_.get(), text.data(), text.size(), static_cast<off_t>(place.offset)) != std::ssize(text))
        throw errno_error("cannot read what the last worker knew", errno);
    return text;
}

void Memory::store(std::string_view text) {
    const Place old = place_in(file_);
    Place place{sizeof(Place), text.size()};
    if (place.offset + place.size > old.offset) place.offset = old.offset + old.size;
    if (::pwrite(file_.get(), text.data(), text.size(), static_cast<off_t>(place.offset)) != std::ssize(text) ||
        ::pwrite(file_.get(), &place, sizeof place, 0) != sizeof place)
        throw errno_error("cannot remember the rules", errno);
    if (place.offset < old.offset) ::ftruncate(file_.get(), static_cast<off_t>(place.offset + place.size));
}

UniqueFd make_memory(const char* name) {
    UniqueFd file(::memfd_create(name, MFD_CLOEXEC));
    if (!file) throw errno_error("cannot make a file in memory", errno);
    return file;
}

}  // namespace isag::gate
