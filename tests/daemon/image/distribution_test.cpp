// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/distribution.hpp"
#include "daemon/image/bootstrap.hpp"
#include <algorithm>
#include <doctest/doctest.h>

using namespace isag::image;

TEST_CASE("official names of Debian and Ubuntu releases are known in all their forms") {
    for (const char* name : {"debian:12", "debian:bookworm", "debian:bookworm-slim", "debian:12-slim",
                             "docker.io/library/debian:12", "docker.io/debian:12", "library/debian:12"}) {
        const auto found = distribution_of(name);
        REQUIRE(found);
        CHECK(found->codename == "bookworm");
        CHECK(found->image() == "isag/base:debian-12");
    }
    CHECK(distribution_of("debian:11")->codename == "bullseye");
    CHECK(distribution_of("debian:13")->codename == "trixie");
    CHECK(distribution_of("ubuntu:24.04")->codename == "noble");
    CHECK(distribution_of("ubuntu:jammy")->version == "22.04");
}

TEST_CASE("names of other images are nobody's to make") {
    for (const char* name : {"debian", "debian:latest", "ubuntu:24.04-slim", "python:3.12", "example.com/debian:12",
                             "me/ubuntu:24.04", "debian:12@sha256:00", "ubuntu:12", ""})
        CHECK(!distribution_of(name));
}

TEST_CASE("mmdebstrap is called by root in root mode and by others in unshare mode") {
    const auto debian = *distribution_of("debian:12");
    const auto command = mmdebstrap_command(debian, 0, "amd64", "/k.gpg");
    const std::vector<std::string> expected = {"mmdebstrap",
                                               "--variant=minbase",
                                               "--format=tar",
                                               "--mode=root",
                                               "--keyring=/k.gpg",
                                               "--architectures=amd64",
                                               "bookworm",
                                               "-",
                                               "deb http://deb.debian.org/debian bookworm main",
                                               "deb http://deb.debian.org/debian bookworm-updates main",
                                               "deb http://security.debian.org/debian-security bookworm-security main"};
    CHECK(command == expected);
    const auto other = mmdebstrap_command(debian, 1000, "amd64", "");
    CHECK(std::count(other.begin(), other.end(), "--mode=unshare") == 1);
}

TEST_CASE("Ubuntu has one mirror for PCs and another for the rest") {
    const auto noble = *distribution_of("ubuntu:24.04");
    CHECK(package_sources(noble, "amd64").front() == "deb http://archive.ubuntu.com/ubuntu noble main universe");
    CHECK(package_sources(noble, "arm64").front() == "deb http://ports.ubuntu.com/ubuntu-ports noble main universe");
}

TEST_CASE("a reference without tag or digest means latest") {
    CHECK(with_tag("debian") == "debian:latest");
    CHECK(with_tag("debian:12") == "debian:12");
    CHECK(with_tag("localhost:5000/web") == "localhost:5000/web:latest");
    CHECK(with_tag("localhost:5000/web:1") == "localhost:5000/web:1");
    CHECK(with_tag("web@sha256:00") == "web@sha256:00");
}

TEST_CASE("a registry that is not there is told from one that refuses") {
    for (const char* words :
         {"Get \"https://registry-1.docker.io/v2/\": dial tcp: lookup registry-1.docker.io: no such host",
          "Get https://registry-1.docker.io/v2/: net/http: request canceled while waiting for connection",
          "Get \"https://registry-1.docker.io/v2/\": x509: certificate signed by unknown authority",
          "Get \"https://registry-1.docker.io/v2/\": net/http: TLS handshake timeout",
          "Get \"https://registry-1.docker.io/v2/\": context deadline exceeded",
          "received unexpected HTTP status: 503 Service Unavailable", "Get \"https://x/v2/\": EOF"})
        CHECK(registry_silent(words));
    for (const char* words :
         {"manifest for debian:99 not found: manifest unknown: manifest unknown",
          "pull access denied for nobody/nothing, repository does not exist or may require 'docker login'",
          "toomanyrequests: You have reached your pull rate limit", "unauthorized: authentication required",
          "the engine refused to pull x: invalid reference format"})
        CHECK(!registry_silent(words));
}
