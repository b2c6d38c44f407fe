// SPDX-License-Identifier: Apache-2.0
#include "client/forward/port_holder.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <vector>

namespace isag::forward {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_table = std::size_t{16} << 20;
constexpr std::string_view state_listen = "0A";

std::vector<std::string_view> words_of(std::string_view line) {
    std::vector<std::string_view> words;
    for (;;) {
        const auto begin = line.find_first_not_of(' ');
        if (begin == std::string_view::npos) return words;
        const auto end = std::min(line.find(' ', begin), line.size());
        words.push_back(line.substr(begin, end - begin));
        line.remove_prefix(end);
    }
}

template <class Number>
std::optional<Number> number_in(std::string_view text, int base) {
    Number out{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

bool is_number(const std::string& name) { return number_in<unsigned>(name, 10).has_value(); }

// "socket:[4711]" names what the descriptor refers to.
bool holds_one_of(const fs::path& process, const std::set<std::uint64_t>& inodes) {
    std::error_code error;
    for (fs::directory_iterator it(process / "fd", error), end; !error && it != end; it.increment(error)) {
        std::error_code gone;
        const std::string link = fs::read_symlink(it->path(), gone).string();
        if (gone || !link.starts_with("socket:[") || !link.ends_with(']')) continue;
        const auto inode = number_in<std::uint64_t>(std::string_view(link).substr(8, link.size() - 9), 10);
        if (inode && inodes.contains(*inode)) return true;
    }
    return false;
}

std::string name_of(const fs::path& process) {
    auto name = read_file(process / "comm", 256);
    if (!name || name->empty()) return "a program";
    if (name->ends_with('\n')) name->pop_back();
    return escape_controls(*name);
}

}  // namespace

std::set<std::uint64_t> listening_inodes(std::string_view table, std::int64_t port) {
    std::set<std::uint64_t> out;
    while (!table.empty()) {
        const auto end = std::min(table.find('\n'), table.size());
        // sl, local_address, rem_address, st, tx_queue:rx_queue, tr:tm->when, retrnsmt, uid, timeout, inode
        const auto words = words_of(table.substr(0, end));
        table.remove_prefix(std::min(end + 1, table.size()));
        if (words.size() < 10 || words[3] != state_listen) continue;
        const auto colon = words[1].rfind(':');
        if (colon == std::string_view::npos || number_in<std::int64_t>(words[1].substr(colon + 1), 16) != port)
            continue;
        if (const auto inode = number_in<std::uint64_t>(words[9], 10); inode && *inode != 0) out.insert(*inode);
    }
    return out;
}

std::optional<std::string> port_holder(std::int64_t port) {
    std::set<std::uint64_t> inodes;
    for (const char* table : {"/proc/net/tcp", "/proc/net/tcp6"})
        if (const auto text = read_file(table, largest_table)) inodes.merge(listening_inodes(*text, port));
    if (inodes.empty()) return std::nullopt;
    std::error_code error;
    for (fs::directory_iterator it("/proc", error), end; !error && it != end; it.increment(error)) {
        const std::string process = it->path().filename().string();
        if (is_number(process) && holds_one_of(it->path(), inodes))
            return name_of(it->path()) + " (process " + process + ")";
    }
    return std::nullopt;
}

}  // namespace isag::forward
