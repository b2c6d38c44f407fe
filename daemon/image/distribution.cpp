// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/distribution.hpp"
#include <algorithm>
#include <array>

namespace isag::image {
namespace {

struct Release {
    const char* family;
    const char* version;
    const char* codename;
    const char* python;
};
constexpr std::array releases = {
    Release{"debian", "11", "bullseye", "3.9"},  Release{"debian", "12", "bookworm", "3.11"},
    Release{"debian", "13", "trixie", "3.13"},   Release{"ubuntu", "22.04", "jammy", "3.10"},
    Release{"ubuntu", "24.04", "noble", "3.12"},
};

// What Go's HTTP client and Docker say where nothing answered.
constexpr std::array<std::string_view, 17> silence = {"no such host",
                                                      "dial tcp",
                                                      "i/o timeout",
                                                      "connection refused",
                                                      "connection reset",
                                                      "tls handshake",
                                                      "x509:",
                                                      "client.timeout",
                                                      "deadline exceeded",
                                                      "network is unreachable",
                                                      "server misbehaving",
                                                      "proxyconnect",
                                                      "no route to host",
                                                      ": eof",
                                                      "request canceled",
                                                      "bad gateway",
                                                      "service unavailable"};

std::string lower(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    return out;
}

}  // namespace

std::optional<Distribution> distribution_of(std::string_view reference) {
    for (const std::string_view prefix : {"docker.io/", "library/"})
        if (reference.starts_with(prefix)) reference.remove_prefix(prefix.size());
    const auto colon = reference.find(':');
    if (colon == std::string_view::npos) return {};
    const std::string_view family = reference.substr(0, colon);
    std::string_view tag = reference.substr(colon + 1);
    if (family == "debian" && tag.ends_with("-slim")) tag.remove_suffix(5);
    for (const auto& release : releases)
        if (family == release.family && (tag == release.version || tag == release.codename))
            return Distribution{release.family, release.version, release.codename, release.python};
    return {};
}

std::vector<std::string> package_sources(const Distribution& distribution, const std::string& architecture) {
    const std::string& name = distribution.codename;
    if (distribution.family == "debian")
        return {"deb http://deb.debian.org/debian " + name + " main",
                "deb http://deb.debian.org/debian " + name + "-updates main",
                "deb http://security.debian.org/debian-security " + name + "-security main"};
    const bool main_mirror = architecture == "amd64" || architecture == "i386";
    const std::string mirror =
        main_mirror ? "http://archive.ubuntu.com/ubuntu" : "http://ports.ubuntu.com/ubuntu-ports";
    const std::string security = main_mirror ? "http://security.ubuntu.com/ubuntu" : mirror;
    return {"deb " + mirror + " " + name + " main universe", "deb " + mirror + " " + name + "-updates main universe",
            "deb " + security + " " + name + "-security main universe"};
}

std::string with_tag(const std::string& reference) {
    const auto slash = reference.rfind('/');
    const auto name = slash == std::string::npos ? 0 : slash + 1;
    return reference.find_first_of(":@", name) == std::string::npos ? reference + ":latest" : reference;
}

bool registry_silent(std::string_view message) {
    const std::string words = lower(message);
    return std::any_of(silence.begin(), silence.end(),
                       [&](std::string_view sign) { return words.find(sign) != std::string::npos; });
}

}  // namespace isag::image
