// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/mountinfo.hpp"
#include <algorithm>
#include <sstream>

namespace isag::sandbox {
namespace {

// Octal escapes of mountinfo: space, tab, newline, backslash.
std::string unescape(const std::string& text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const std::string digits = text[i] == '\\' ? text.substr(i + 1, 3) : std::string();
        if (digits.size() == 3 && digits.find_first_not_of("01234567") == std::string::npos) {
            out += static_cast<char>(std::stoi(digits, nullptr, 8));
            i += 3;
        } else {
            out += text[i];
        }
    }
    return out;
}

}  // namespace

std::vector<MountPoint> parse_mountinfo(std::string_view text) {
    std::vector<MountPoint> out;
    std::istringstream in{std::string(text)};
    for (std::string line; std::getline(in, line);) {
        std::istringstream fields(line);
        std::string skip, root, path, options;
        fields >> skip >> skip >> skip >> root >> path >> options;
        const bool is_read_only = ("," + options + ",").find(",ro,") != std::string::npos;
        out.push_back({unescape(path), is_read_only, unescape(root)});
    }
    return out;
}

const MountPoint* find_mount(const std::vector<MountPoint>& mounts, const std::string& path) {
    const auto last =
        std::find_if(mounts.rbegin(), mounts.rend(), [&](const auto& mount) { return mount.path == path; });
    return last == mounts.rend() ? nullptr : &*last;
}

}  // namespace isag::sandbox
