// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/image/context.hpp"
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace isag::image {

// What tells one set of certificates from another.
struct CertificateSum {
    std::size_t count = 0;
    std::string hash;  // SHA-256 of them all, sorted by name, in hex; empty where there are none
    bool operator==(const CertificateSum&) const = default;
};

CertificateSum sum_of(const std::vector<NamedFile>& certificates);

// The sums of bundles, remembered for as long as the files stay the same ones, unchanged (device, inode, size, times):
// to split and hash what a distribution trusts takes longer than all else that a start does before it asks the engine.
class CertificateSums {
public:
    // A file that changes twice within one tick of its file system's clock has the same times after both, so one that
    // changed less than that ago is not remembered.
    explicit CertificateSums(std::chrono::seconds settled_after = std::chrono::seconds(2))
        : settled_after_(settled_after) {}
    // Reads the bundles where they are new or have changed.
    Result<CertificateSum> of(const std::vector<std::filesystem::path>& bundles);

private:
    struct Known {
        std::vector<std::int64_t> stamps;
        CertificateSum sum;
    };
    std::chrono::seconds settled_after_;
    std::map<std::vector<std::filesystem::path>, Known> known_;
};

}  // namespace isag::image
