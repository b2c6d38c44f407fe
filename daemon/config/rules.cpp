// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/rules.hpp"
#include <algorithm>
#include <array>

namespace isag::config {
namespace {

constexpr std::string_view digits = "0123456789";
constexpr std::string_view lower_digits = "abcdefghijklmnopqrstuvwxyz0123456789";
constexpr std::string_view letters_digits = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

bool only(std::string_view text, std::string_view set, std::string_view more = {}) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return set.find(c) != std::string_view::npos || more.find(c) != std::string_view::npos;
    });
}

// A word whose first character is of `set` and whose others may be of `more` too.
bool word(std::string_view text, std::string_view set, std::string_view more, std::size_t longest) {
    return !text.empty() && text.size() <= longest && only(text.substr(0, 1), set) && only(text, set, more);
}

bool number(std::string_view text) {
    return !text.empty() && text.size() <= 9 && only(text, digits) && (text == "0" || text.front() != '0');
}

// Calls check(piece) for the pieces between separators until one fails.
template <class Check>
bool each_piece(std::string_view text, char separator, Check check) {
    for (;;) {
        const std::size_t end = text.find(separator);
        if (!check(text.substr(0, end))) return false;
        if (end == std::string_view::npos) return true;
        text.remove_prefix(end + 1);
    }
}

bool is_semantic_version(std::string_view text) {
    const std::size_t end = std::min(text.find_first_of("-+"), text.size());
    const std::string_view extra = text.substr(end);
    int count = 0;
    const bool numbers = each_piece(text.substr(0, end), '.', [&](std::string_view piece) {
        ++count;
        return number(piece);
    });
    if (!numbers || count != 3) return false;
    return extra.empty() || (extra.size() > 1 && only(extra, letters_digits, ".+-"));
}

}  // namespace

bool is_container_name(std::string_view text) { return word(text, lower_digits, "_.-", 63); }
bool is_network_name(std::string_view text) { return word(text, letters_digits, "_.-", 63); }
bool is_runtime_name(std::string_view text) { return is_network_name(text); }
bool is_package_name(std::string_view text) { return word(text, lower_digits, "+.-", 128); }

bool is_user_name(std::string_view text) {
    const bool digit_first = !text.empty() && digits.find(text.front()) != std::string_view::npos;
    return text != "root" && !digit_first && !text.starts_with('-') && !text.empty() && text.size() <= 32 &&
           only(text, lower_digits, "_-");
}

bool is_python_version(std::string_view text) {
    const std::size_t dot = text.find('.');
    return dot != std::string_view::npos && number(text.substr(0, dot)) && number(text.substr(dot + 1));
}

bool is_cli_version(std::string_view text) {
    if (text.size() > 128) return false;
    const bool tag = word(text, lower_digits, "-", 64) && digits.find(text.front()) == std::string_view::npos;
    return tag || is_semantic_version(text);
}

bool is_image_reference(std::string_view text) {
    if (text.empty() || text.size() > 512) return false;
    const std::size_t at = text.find('@');
    if (at != std::string_view::npos) {
        const std::string_view digest = text.substr(at + 1);
        const std::size_t colon = digest.find(':');
        if (colon == std::string_view::npos || !word(digest.substr(0, colon), lower_digits, "+._-", 32)) return false;
        if (digest.size() - colon < 33 || !only(digest.substr(colon + 1), "0123456789abcdef")) return false;
        text = text.substr(0, at);
    }
    const std::size_t last_slash = text.rfind('/');
    const std::size_t colon = text.find(':', last_slash == std::string_view::npos ? 0 : last_slash);
    if (colon != std::string_view::npos) {
        if (!word(text.substr(colon + 1), letters_digits, "_.-", 128)) return false;
        text = text.substr(0, colon);
    }
    bool first = text.find('/') != std::string_view::npos;  // the first of several may be a registry: host:port
    return each_piece(text, '/', [&](std::string_view piece) {
        const bool good = first ? word(piece, letters_digits, "._:-", 255) : word(piece, lower_digits, "._-", 255);
        first = false;
        return good && letters_digits.find(piece.back()) != std::string_view::npos;
    });
}

bool is_gpu_id(std::string_view text) { return word(text, letters_digits, "._:/=-", 128); }

bool is_environment_name(std::string_view text) {
    return !text.empty() && text.size() <= 256 && digits.find(text.front()) == std::string_view::npos &&
           only(text, letters_digits, "_");
}

bool is_path_pattern(std::string_view text) {
    if (text.ends_with('/')) text.remove_suffix(1);
    if (text.empty() || text.size() > 1024) return false;
    return each_piece(text, '/',
                      [](std::string_view piece) { return !piece.empty() && piece != "." && piece != ".."; });
}

std::string image_reference(std::string text) {
    constexpr std::array<std::string_view, 2> distributions = {"ubuntu", "debian"};
    for (const auto name : distributions) {
        if (!text.starts_with(name)) continue;
        std::string_view version = std::string_view(text).substr(name.size());
        if (version.starts_with('-')) version.remove_prefix(1);
        const bool plain = !version.empty() && only(version, digits, ".") && version.front() != '.';
        if (plain) return std::string(name) + ":" + std::string(version);
    }
    return text;
}

}  // namespace isag::config
