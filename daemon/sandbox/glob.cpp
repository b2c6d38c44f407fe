// SPDX-License-Identifier: Apache-2.0
#include "daemon/sandbox/glob.hpp"
#include <fnmatch.h>
#include <set>

namespace isag::sandbox {
namespace fs = std::filesystem;
namespace {

using Parts = std::vector<std::string>;
constexpr std::size_t most_matches = 1000;
constexpr std::size_t most_entries = 3'000'000;

bool is_real_folder(const fs::path& path) {
    std::error_code ignored;
    return fs::symlink_status(path, ignored).type() == fs::file_type::directory;
}

class Expansion {
public:
    explicit Expansion(Parts parts) : parts_(std::move(parts)) {}

    void match(const fs::path& folder, std::size_t at) {
        if (at == parts_.size() || is_too_much()) return;
        if (parts_[at] == "**") return match_any_depth(folder, at);
        if (parts_[at].find_first_of("*?[") == std::string::npos) return found(folder / parts_[at], at);
        each_entry(folder, [&](const fs::path& entry) {
            if (::fnmatch(parts_[at].c_str(), entry.filename().c_str(), 0) == 0) found(entry, at);
        });
    }
    bool is_too_much() const { return found_.size() > most_matches || entries_ > most_entries; }
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
        each_entry(folder, [&](const fs::path& entry) {
            if (at + 1 == parts_.size()) found_.insert(entry);
            if (is_real_folder(entry)) match_any_depth(entry, at);
        });
    }

    template <class Visit>
    void each_entry(const fs::path& folder, Visit visit) {
        std::error_code error;
        std::vector<fs::path> entries;  // no folder stays open while those in it are looked at
        for (fs::directory_iterator it(folder, error), end; !error && it != end && !is_too_much();
             it.increment(error)) {
            entries.push_back(it->path());
            ++entries_;
        }
        for (const auto& entry : entries)
            if (!is_too_much()) visit(entry);
    }

    Parts parts_;
    std::size_t entries_ = 0;
    std::set<fs::path> found_;
};

}  // namespace

Result<std::vector<fs::path>> expand_glob(const fs::path& root, const std::string& pattern) {
    Parts parts;
    for (const auto& part : fs::path(pattern).lexically_normal())
        if (part == ".." || part == "/")
            return std::vector<fs::path>();  // nothing outside is ever matched
        else if (!part.empty() && part != ".")
            parts.push_back(part.string());
    Expansion expansion(std::move(parts));
    expansion.match(root, 0);
    if (expansion.is_too_much())
        return Failure{pattern + " matches more than " + std::to_string(most_matches) + " places in " + root.string() +
                           ", or there are too many to look at",
                       "write a narrower pattern, or name the folder that holds them"};
    return expansion.take();
}

}  // namespace isag::sandbox
