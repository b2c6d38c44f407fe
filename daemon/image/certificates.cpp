// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/certificates.hpp"
#include "common/sha256.hpp"
#include <algorithm>
#include <map>
#include <optional>

namespace isag::image {
namespace {

constexpr std::string_view begin_line = "-----BEGIN CERTIFICATE-----";
constexpr std::string_view end_line = "-----END CERTIFICATE-----";
constexpr std::size_t line_length = 64;
constexpr std::size_t name_digits = 12;

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' ||
           c == '=';
}

std::string_view trimmed(std::string_view line) {
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ' || line.back() == '\t')) line.remove_suffix(1);
    return line;
}

std::string as_pem(const std::string& body) {
    std::string out(begin_line);
    out += '\n';
    for (std::size_t at = 0; at < body.size(); at += line_length) out += body.substr(at, line_length) + "\n";
    out += end_line;
    return out + "\n";
}

bool names_private_key(std::string_view line) {
    return line.starts_with("-----BEGIN ") && line.find("PRIVATE KEY-----") != std::string_view::npos;
}

// A whole body: not empty, four characters a group.
bool whole(const std::string& body) {
    return !body.empty() && body.size() % 4 == 0 && std::all_of(body.begin(), body.end(), is_base64);
}

std::vector<NamedFile> as_list(const std::map<std::string, std::string>& by_name) {
    std::vector<NamedFile> files;
    for (const auto& [name, content] : by_name) files.push_back({name, content});
    return files;
}

}  // namespace

Result<std::vector<NamedFile>> certificate_files(std::string_view bundle, const std::string& origin) {
    std::map<std::string, std::string> by_name;
    std::optional<std::string> body;  // of the certificate that is open
    while (!bundle.empty()) {
        const auto end = bundle.find('\n');
        const std::string_view line = trimmed(bundle.substr(0, end));
        bundle.remove_prefix(end == std::string_view::npos ? bundle.size() : end + 1);
        if (names_private_key(line))
            return Failure{origin + " holds a private key, which must not get into an image",
                           "give a file that holds certificates alone"};
        if (line == begin_line) {
            body.emplace();
        } else if (line == end_line) {
            if (body && whole(*body))
                by_name["certificates/isag-" + sha256_hex(*body).substr(0, name_digits) + ".crt"] = as_pem(*body);
            body.reset();
        } else if (body) {
            *body += line;
        }
    }
    return as_list(by_name);
}

std::vector<NamedFile> merge_certificates(std::vector<NamedFile> a, const std::vector<NamedFile>& b) {
    std::map<std::string, std::string> by_name;
    for (const auto& file : a) by_name[file.name] = file.content;
    for (const auto& file : b) by_name[file.name] = file.content;
    return as_list(by_name);
}

}  // namespace isag::image
