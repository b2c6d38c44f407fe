// SPDX-License-Identifier: Apache-2.0
#include "common/tcp_listeners.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <charconv>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <pwd.h>
#include <sstream>
#include <unistd.h>

namespace isag {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t largest_table = 64 << 20;
constexpr std::string_view listening = "0A";  // TCP_LISTEN

template <class Number>
std::optional<Number> number_of(std::string_view text, int base) {
    Number out = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out, base);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return out;
}

// Words of 32 bits, each as this machine holds it in memory.
std::optional<std::string> address_text(std::string_view hex) {
    if (hex.size() != 8 && hex.size() != 32) return std::nullopt;
    std::uint32_t words[4] = {};
    for (std::size_t i = 0; i < hex.size() / 8; ++i) {
        const auto word = number_of<std::uint32_t>(hex.substr(8 * i, 8), 16);
        if (!word) return std::nullopt;
        words[i] = *word;
    }
    char text[INET6_ADDRSTRLEN] = {};
    ::inet_ntop(hex.size() == 8 ? AF_INET : AF_INET6, words, text, sizeof text);
    return text;
}

// "  0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 12345 …"
std::optional<TcpListener> parse_line(const std::string& line) {
    std::istringstream words(line);
    std::string number_of_it, local, remote, state, queues, timer, retransmits, uid, timeout, inode;
    words >> number_of_it >> local >> remote >> state >> queues >> timer >> retransmits >> uid >> timeout >> inode;
    const auto colon = local.find(':');
    if (state != listening || colon == std::string::npos) return std::nullopt;
    const auto address = address_text(std::string_view(local).substr(0, colon));
    const auto port = number_of<std::uint16_t>(std::string_view(local).substr(colon + 1), 16);
    const auto user = number_of<uid_t>(uid, 10);
    const auto file = number_of<std::uint64_t>(inode, 10);
    if (!address || !port || !user || !file) return std::nullopt;
    return TcpListener{*address, *port, *user, *file};
}

// "socket:[12345]"
std::optional<std::uint64_t> socket_of(const fs::path& descriptor) {
    char target[64];
    const ssize_t size = ::readlink(descriptor.c_str(), target, sizeof target);
    const std::string_view text(target, static_cast<std::size_t>(std::max<ssize_t>(size, 0)));
    if (!text.starts_with("socket:[") || !text.ends_with("]")) return std::nullopt;
    return number_of<std::uint64_t>(text.substr(8, text.size() - 9), 10);
}

std::string name_of_process(pid_t pid) {
    const auto name = read_file("/proc/" + std::to_string(pid) + "/comm", 4096);
    return name ? escape_controls(name->substr(0, name->rfind('\n'))) : std::string();
}

std::string name_of_user(uid_t uid) {
    const passwd* const user = ::getpwuid(uid);
    return user ? escape_controls(user->pw_name) : "uid " + std::to_string(uid);
}

template <class Visit>
void each_process(Visit&& visit) {
    std::error_code error;
    for (fs::directory_iterator entry("/proc", error), end; !error && entry != end; entry.increment(error))
        if (const auto pid = number_of<pid_t>(entry->path().filename().string(), 10)) visit(*pid);
}

}  // namespace

std::vector<TcpListener> parse_listeners(std::string_view table) {
    std::vector<TcpListener> out;
    std::istringstream lines{std::string(table)};
    for (std::string line; std::getline(lines, line);)
        if (auto listener = parse_line(line)) out.push_back(std::move(*listener));
    return out;
}

std::vector<TcpListener> listeners_seen_by(pid_t pid) {
    std::vector<TcpListener> out;
    for (const char* table : {"tcp", "tcp6"}) {
        const auto text = read_file("/proc/" + std::to_string(pid) + "/net/" + table, largest_table);
        if (!text) continue;
        auto more = parse_listeners(*text);
        std::move(more.begin(), more.end(), std::back_inserter(out));
    }
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.port < b.port; });
    return out;
}

std::map<std::uint64_t, Holder> holders_of(const std::set<std::uint64_t>& inodes,
                                           const std::function<bool(pid_t)>& is_asked,
                                           std::chrono::milliseconds limit) {
    std::map<std::uint64_t, Holder> out;
    const auto until = std::chrono::steady_clock::now() + limit;
    const auto is_enough = [&] { return out.size() == inodes.size() || std::chrono::steady_clock::now() >= until; };
    each_process([&](pid_t pid) {
        if (is_enough() || !is_asked(pid)) return;
        std::error_code error;
        const fs::path folder = "/proc/" + std::to_string(pid) + "/fd";
        for (fs::directory_iterator entry(folder, error), end; !error && entry != end && !is_enough();
             entry.increment(error)) {
            const auto socket = socket_of(entry->path());
            if (socket && inodes.contains(*socket) && !out.contains(*socket))
                out[*socket] = {pid, name_of_process(pid)};
        }
    });
    return out;
}

std::optional<std::string> holder_of_port(std::int64_t port, const std::string& we, std::chrono::milliseconds limit) {
    std::set<std::uint64_t> inodes;
    std::optional<uid_t> owner;
    for (const auto& listener : listeners_seen_by(::getpid())) {
        if (listener.port != port) continue;
        inodes.insert(listener.inode);
        owner = listener.uid;
    }
    const auto holders = holders_of(
        inodes, [](pid_t) { return true; }, limit);
    if (holders.empty() && owner && *owner != ::geteuid()) return "a process of " + name_of_user(*owner);
    if (holders.empty()) return std::nullopt;
    const Holder& first = holders.begin()->second;
    if (first.pid == ::getpid()) return we;
    return first.name + " (process " + std::to_string(first.pid) + ")";
}

}  // namespace isag
