// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/certificate_sums.hpp"
#include "common/file.hpp"
#include "tests/daemon/image/pem.hpp"
#include "tests/support/temp_folder.hpp"
#include <cstdio>
#include <doctest/doctest.h>

using namespace isag::image;
using isag::test::pem;
using isag::test::TempFolder;
namespace fs = std::filesystem;

namespace {

// Overwritten in place: the same inode.
void overwrite(const fs::path& path, const std::string& content) {
    std::FILE* file = std::fopen(path.c_str(), "r+e");
    REQUIRE(file);
    CHECK(std::fwrite(content.data(), 1, content.size(), file) == content.size());
    std::fclose(file);
}

}  // namespace

TEST_CASE("a sum tells one set of certificates from another, and none from some") {
    CHECK(sum_of({}) == CertificateSum{});
    CHECK(sum_of({{"a", "1"}}).count == 1);
    CHECK(sum_of({{"a", "1"}}) != sum_of({{"a", "2"}}));
    CHECK(sum_of({{"a", "1"}}).hash.size() == 64);
}

TEST_CASE("the sum of a bundle is that of its certificates, and another one as soon as the bundle changes") {
    const TempFolder folder;
    const fs::path bundle = folder / "bundle.pem";
    isag::write_file(bundle, pem("AAAA") + pem("BBBB"));
    CertificateSums sums;
    const auto first = sums.of({bundle}).value();
    CHECK(first.count == 2);
    CHECK(sums.of({bundle}).value() == first);
    overwrite(bundle, pem("AAAA") + pem("CCCC"));
    CHECK(sums.of({bundle}).value() != first);
    isag::write_file(bundle, pem("AAAA"));
    CHECK(sums.of({bundle}).value().count == 1);
}

TEST_CASE("what changed a moment ago is not remembered: the next change may have the same times") {
    const TempFolder folder;
    const fs::path bundle = folder / "bundle.pem";
    isag::write_file(bundle, pem("AAAA"));
    CertificateSums sums;
    const auto first = sums.of({bundle}).value();
    for (int i = 0; i < 50; ++i) {
        overwrite(bundle, pem(i % 2 == 0 ? "BBBB" : "AAAA"));
        CHECK((sums.of({bundle}).value() == first) == (i % 2 == 1));
    }
}

TEST_CASE("certificates of several bundles count once, and a bundle that is gone is told of") {
    const TempFolder folder;
    isag::write_file(folder / "a.pem", pem("AAAA") + pem("BBBB"));
    isag::write_file(folder / "b.pem", pem("BBBB"));
    CertificateSums sums;
    CHECK(sums.of({folder / "a.pem", folder / "b.pem"}).value() == sums.of({folder / "a.pem"}).value());
    CHECK(sums.of({}).value() == CertificateSum{});
    fs::remove(folder / "b.pem");
    const auto gone = sums.of({folder / "a.pem", folder / "b.pem"});
    REQUIRE(!gone);
    CHECK(gone.error().message.find("b.pem") != std::string::npos);
}

TEST_CASE("a bundle that is remembered is looked at anew when it is another file, or has changed") {
    const TempFolder folder;
    const fs::path bundle = folder / "bundle.pem";
    isag::write_file(bundle, pem("AAAA"));
    CertificateSums sums(std::chrono::seconds(-60));  // all counts as settled
    const auto first = sums.of({bundle}).value();
    CHECK(sums.of({bundle}).value() == first);
    isag::write_file(folder / "other.pem", pem("BBBB"));
    fs::rename(folder / "other.pem", bundle);
    CHECK(sums.of({bundle}).value() != first);
    overwrite(bundle, pem("AAAA") + pem("BBBB"));
    CHECK(sums.of({bundle}).value().count == 2);
    fs::remove(bundle);
    CHECK(!sums.of({bundle}));
}
