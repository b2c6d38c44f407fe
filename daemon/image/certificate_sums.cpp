// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/certificate_sums.hpp"
#include "common/sha256.hpp"
#include "daemon/image/host_certificates.hpp"
#include <algorithm>
#include <ctime>
#include <optional>
#include <sys/stat.h>

namespace isag::image {
namespace {

constexpr std::size_t max_known = 32;  // lists of bundles

struct Stamps {
    std::vector<std::int64_t> values;
    std::int64_t newest = 0;  // seconds since 1970
};

// Nothing where one of the files is not there: reading it says why.
std::optional<Stamps> stamps_of(const std::vector<std::filesystem::path>& bundles) {
    Stamps stamps;
    for (const auto& bundle : bundles) {
        struct stat info {};
        if (::stat(bundle.c_str(), &info) != 0) return {};
        for (const auto value :
             {static_cast<std::int64_t>(info.st_dev), static_cast<std::int64_t>(info.st_ino),
              static_cast<std::int64_t>(info.st_size), static_cast<std::int64_t>(info.st_mtim.tv_sec),
              static_cast<std::int64_t>(info.st_mtim.tv_nsec), static_cast<std::int64_t>(info.st_ctim.tv_sec),
              static_cast<std::int64_t>(info.st_ctim.tv_nsec)})
            stamps.values.push_back(value);
        stamps.newest = std::max<std::int64_t>({stamps.newest, info.st_mtim.tv_sec, info.st_ctim.tv_sec});
    }
    return stamps;
}

}  // namespace

CertificateSum sum_of(const std::vector<NamedFile>& certificates) {
    if (certificates.empty()) return {};
    std::string all;
    for (const auto& file : certificates) all += file.content;
    return {certificates.size(), sha256_hex(all)};
}

Result<CertificateSum> CertificateSums::of(const std::vector<std::filesystem::path>& bundles) {
    if (bundles.empty()) return CertificateSum{};
    const auto stamps = stamps_of(bundles);  // before reading: what changes meanwhile is read again the next time
    const auto known = known_.find(bundles);
    if (stamps && known != known_.end() && known->second.stamps == stamps->values) return known->second.sum;
    const auto files = read_certificates(bundles);
    if (!files) return files.error();
    auto sum = sum_of(*files);
    if (known_.size() >= max_known) known_.clear();
    if (stamps && stamps->newest + settled_after_.count() < std::time(nullptr)) known_[bundles] = {stamps->values, sum};
    return sum;
}

}  // namespace isag::image
