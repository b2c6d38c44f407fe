// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/host_certificates.hpp"
#include "common/file.hpp"
#include "daemon/image/certificates.hpp"

namespace isag::image {

std::optional<std::filesystem::path> host_bundle(const Environment& environment) {
    std::vector<std::string> candidates = {"/etc/ssl/certs/ca-certificates.crt",  // Debian, Ubuntu, Arch
                                           "/etc/pki/tls/certs/ca-bundle.crt",    // Fedora
                                           "/etc/ssl/ca-bundle.pem"};             // openSUSE
    if (const auto named = find(environment, "SSL_CERT_FILE")) candidates.insert(candidates.begin(), *named);
    std::error_code ignored;
    for (const auto& candidate : candidates)
        if (std::filesystem::is_regular_file(candidate, ignored)) return candidate;
    return {};
}

std::vector<std::filesystem::path> wanted_bundles(const config::Container& container, const Environment& environment) {
    if (container.ca_certificates == config::CaCertificates::listed) return container.ca_files;
    if (container.ca_certificates == config::CaCertificates::none) return {};
    const auto bundle = host_bundle(environment);
    return bundle ? std::vector{*bundle} : std::vector<std::filesystem::path>{};
}

Result<std::vector<NamedFile>> read_certificates(const std::vector<std::filesystem::path>& bundles) {
    std::vector<NamedFile> all;
    for (const auto& bundle : bundles) {
        const auto text = read_file(bundle);
        if (!text) return Failure{"container.ca_certificates: " + text.error().message, text.error().hint};
        const auto files = certificate_files(*text, bundle.string());
        if (!files) return Failure{"container.ca_certificates: " + files.error().message, files.error().hint};
        if (files->empty()) return Failure{"container.ca_certificates: no certificate in " + bundle.string()};
        all = merge_certificates(std::move(all), *files);
    }
    return all;
}

}  // namespace isag::image
