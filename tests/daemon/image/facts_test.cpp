// SPDX-License-Identifier: Apache-2.0
#include "daemon/image/facts.hpp"
#include <doctest/doctest.h>
#include <string>

using namespace isag::image;

namespace {

const std::string bookworm =
    "os=debian\nversion=12\ncodename=bookworm\napt=yes\npython=\nlists=complete\n"
    "node_candidate=18.20.4+dfsg-1~deb12u1\nnpm_candidate=9.2.0~ds1-1\npython_candidate=3.11.2-6+deb12u9\n"
    "python3_candidate=3.11.2-1+b1\n";

}  // namespace

TEST_CASE("a probe's output becomes facts") {
    const auto facts = parse_probe(bookworm).value();
    CHECK(facts.title() == "debian 12");
    CHECK(facts.codename == "bookworm");
    CHECK(facts.node.empty());
    CHECK(facts.node_candidate == "18.20.4+dfsg-1~deb12u1");
    CHECK(facts.npm_candidate == "9.2.0~ds1-1");
    CHECK(facts.python_candidate == "3.11.2-6+deb12u9");
    CHECK(facts.python3_candidate == "3.11.2-1+b1");
    CHECK(facts.lists_complete);
}

TEST_CASE("lines that are not the probe's are passed over, and carriage returns too") {
    const auto facts = parse_probe("Welcome to this image\r\nFOO=bar\r\n" + bookworm + "node=v20.1.0\r\n").value();
    CHECK(facts.node == "20.1.0");
    CHECK(facts.os == "debian");
}

TEST_CASE("an image without apt-get is refused with what isag builds on") {
    const auto facts = parse_probe("os=alpine\nversion=3.19.1\ncodename=\napt=no\n");
    REQUIRE(!facts);
    CHECK(facts.error().message ==
          "there is no apt-get in it (alpine 3.19.1): isag builds on Debian and Ubuntu based images");
    CHECK(parse_probe("").error().message.find("an unknown system") != std::string::npos);
}

TEST_CASE("output that was cut at any line is no facts") {
    const auto last = bookworm.find("python3_candidate");
    for (std::size_t at = 0; at <= last; ++at) CHECK(!parse_probe(bookworm.substr(0, at)));
}

TEST_CASE("package lists that could not be fetched are told apart, with apt's words") {
    std::string output = bookworm;
    output.replace(output.find("complete"), 8, "partial\nlists_error=E: no route");
    const auto facts = parse_probe(output).value();
    CHECK(!facts.lists_complete);
    CHECK(facts.lists_error == "E: no route");
}

TEST_CASE("the probe asks for the Python version, quoted") {
    CHECK(probe_script("3.12").find("wanted='3.12'\n") != std::string::npos);
    CHECK(probe_script("a'b").find("wanted='a'\\''b'\n") != std::string::npos);
}

TEST_CASE("a version's first number is found behind v and an epoch") {
    CHECK(major_version("18.20.4+dfsg-1~deb12u1") == 18);
    CHECK(major_version("v22.1.0") == 22);
    CHECK(major_version("1:20.0") == 20);
    CHECK(major_version("24.04") == 24);
    CHECK(major_version("") == 0);
    CHECK(major_version("none") == 0);
}
