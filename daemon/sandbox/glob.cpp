// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/glob.hpp"
#include <fnmatch.h>
#include <set>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

using Parts = std::vector<std::string>;

bool is_real_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() == fs::file_type::directory;
}

class Expansion {
public:
    explicit Expansion(Parts parts) : parts_(std::move(parts)) {}

    void match(const fs::path& folder, std::size_t at) {
        if (at == parts_.size()) return;
        if (parts_[at] == "**") return match_any_depth(folder, at);
        if (parts_[at].find_first_of("*?[") == std::string::npos) return found(folder / parts_[at], at);
        for (const auto& entry : entries(folder))
            if (::fnmatch(parts_[at].c_str(), entry.filename().c_str(), 0) == 0) found(entry, at);
    }
    std::vector<fs::path> take() { return {found_.begin(), found_.end()}; }

private:
    void found(const fs::path& path, std::size_t at) {
        std::error_code ignored;
        if (fs::symlink_status(path, ignored).type() == fs::file_type::not_found) return;
        if (at + 1 == parts_.size())
            found_.insert(path);
        else if (is_real_folder(path))
            match(path, at + 1);
    }

    void match_any_depth(const fs::path& folder, std::size_t at) {
        match(folder, at + 1);
        for (const auto& entry : entries(folder)) {
            if (at + 1 == parts_.size()) found_.insert(entry);
            if (is_real_folder(entry)) match_any_depth(entry, at);
        }
    }

    static std::vector<fs::path> entries(const fs::path& folder) {
        std::vector<fs::path> out;
        std::error_code error;
        for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error))
            out.push_back(it->path());
        return out;
    }

    Parts parts_;
    std::set<fs::path> found_;
};

}  // namespace

std::vector<fs::path> expand_glob(const fs::path& root, const std::string& pattern) {
    Parts parts;
    for (const auto& part : fs::path(pattern).lexically_normal())
        if (part == ".." || part == "/")
            return {};  // nothing outside is ever matched
        else if (!part.empty() && part != ".")
            parts.push_back(part.string());
    Expansion expansion(std::move(parts));
    expansion.match(root, 0);
    return expansion.take();
}

}  // namespace isag::sandbox
