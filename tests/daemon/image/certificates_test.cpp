// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/certificates.hpp"
#include "tests/daemon/image/pem.hpp"
#include <doctest/doctest.h>

using namespace isag::image;
using isag::test::pem;

TEST_CASE("a bundle is split into its certificates, sorted by name") {
    const auto files = certificate_files("# Some CA\n" + pem("AAAA") + "\nissuer=x\n" + pem("BBBB"), "bundle").value();
    REQUIRE(files.size() == 2);
    CHECK(files[0].name < files[1].name);
    CHECK(files[0].name.starts_with("certificates/isag-"));
    CHECK(files[0].name.ends_with(".crt"));
}

TEST_CASE("a certificate is known by its content, however it is wrapped") {
    const std::string bundle = pem("AAAABBBB") + pem("AAAA\nBBBB") + pem("AAAA\r\nBBBB", "\r\n");
    const auto files = certificate_files(bundle, "bundle").value();
    REQUIRE(files.size() == 1);
    CHECK(files[0].content == pem("AAAABBBB"));
}

TEST_CASE("long bodies are wrapped at 64 characters") {
    const auto files = certificate_files(pem(std::string(100, 'A')), "bundle").value();
    REQUIRE(files.size() == 1);
    CHECK(files[0].content == pem(std::string(64, 'A') + "\n" + std::string(36, 'A')));
}

TEST_CASE("garbage, unfinished and other blocks are passed over") {
    const std::string other = "-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n";
    const std::string bad = pem("not base64!") + pem("") + pem("AAA") + other + "-----END CERTIFICATE-----\n";
    CHECK(certificate_files(bad, "bundle")->empty());
    CHECK(certificate_files("-----BEGIN CERTIFICATE-----\nAAAA\n", "bundle")->empty());
    CHECK(certificate_files("", "bundle")->empty());
    CHECK(certificate_files("-----BEGIN CERTIFICATE-----\nCCCC\n" + pem("AAAA"), "bundle")->size() == 1);
}

TEST_CASE("a bundle that is cut at any byte gives only whole certificates") {
    const std::string bundle = pem("AAAABBBB") + pem("CCCCDDDD");
    for (std::size_t at = 0; at <= bundle.size(); ++at) {
        const auto files = certificate_files(bundle.substr(0, at), "bundle");
        REQUIRE(files.has_value());
        for (const auto& file : *files) CHECK((file.content == pem("AAAABBBB") || file.content == pem("CCCCDDDD")));
    }
}

TEST_CASE("a private key in the bundle is refused, and the file named") {
    for (const char* kind : {"PRIVATE KEY", "RSA PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "EC PRIVATE KEY"}) {
        const std::string key = "-----BEGIN " + std::string(kind) + "-----\nAAAA\n";
        const auto files = certificate_files(pem("AAAA") + key, "/etc/my.pem");
        REQUIRE(!files);
        CHECK(files.error().message == "/etc/my.pem holds a private key, which must not get into an image");
    }
}

TEST_CASE("merged lists hold each certificate once") {
    const auto a = certificate_files(pem("AAAA") + pem("BBBB"), "a").value();
    const auto b = certificate_files(pem("BBBB") + pem("CCCC"), "b").value();
    CHECK(merge_certificates(a, b).size() == 3);
}
