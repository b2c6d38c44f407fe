// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/context.hpp"
#include <algorithm>
#include <cstdint>
#include <cstring>

namespace isag::image {
namespace {

// A header of the ustar format (POSIX.1-2017, pax, "ustar Interchange Format"). Numbers are octal digits, ended by NUL.
struct Header {
    char name[100];
    char mode[8];
    char uid[8];
    char gid[8];
    char size[12];
    char mtime[12];
    char chksum[8];
    char typeflag;
    char linkname[100];
    char magic[6];
    char version[2];
    char uname[32];
    char gname[32];
    char devmajor[8];
    char devminor[8];
    char prefix[155];
    char padding[12];
};
constexpr std::size_t block = 512;
static_assert(sizeof(Header) == block);

template <std::size_t N>
void put_octal(char (&field)[N], std::uint64_t number) {
    for (std::size_t at = N - 1; at-- > 0; number >>= 3) field[at] = static_cast<char>('0' + (number & 7));
}

Header header_of(const NamedFile& file) {
    Header header{};
    std::memcpy(header.name, file.name.data(), file.name.size());
    put_octal(header.mode, 0644);
    put_octal(header.uid, 0);
    put_octal(header.gid, 0);
    put_octal(header.size, file.content.size());
    put_octal(header.mtime, 0);
    header.typeflag = '0';
    std::memcpy(header.magic, "ustar", sizeof header.magic);
    std::memcpy(header.version, "00", sizeof header.version);
    std::memset(header.chksum, ' ', sizeof header.chksum);  // the sum is taken with blanks in its own place
    std::uint64_t sum = 0;
    for (const char byte : std::string_view(reinterpret_cast<const char*>(&header), block))
        sum += static_cast<unsigned char>(byte);
    put_octal(header.chksum, sum);
    return header;
}

}  // namespace

Result<std::string> make_context(std::vector<NamedFile> files) {
    std::sort(files.begin(), files.end(), [](const NamedFile& a, const NamedFile& b) { return a.name < b.name; });
    std::string out;
    for (const auto& file : files) {
        if (file.name.empty() || file.name.size() > sizeof Header::name ||
            file.content.size() >= std::uint64_t{1} << 33)
            return Failure{"cannot pack the build context: no archive can hold " + file.name};
        const Header header = header_of(file);
        out.append(reinterpret_cast<const char*>(&header), block);
        out += file.content;
        out.append((block - file.content.size() % block) % block, '\0');
    }
    return out.append(2 * block, '\0');  // the end
}

}  // namespace isag::image
