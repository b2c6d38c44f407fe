// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include <doctest/doctest.h>
#include <sys/stat.h>
#include <unistd.h>

namespace isag {
using test::Home;
namespace fs = std::filesystem;

TEST_CASE("inside is the person, without capabilities, new privileges or unfiltered system calls") {
    const Home home;
    const auto ran = home.shell("id -u; id -g; id -G; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status");
    CHECK_MESSAGE(ran.status == 0, ran.err);
    const std::string uid = std::to_string(::getuid()), gid = std::to_string(::getgid());
    CHECK(ran.out == uid + "\n" + gid + "\n" + gid +
                         "\n"
                         "CapInh:\t0000000000000000\nCapPrm:\t0000000000000000\nCapEff:\t0000000000000000\n"
                         "CapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n");
}

TEST_CASE("browsers show the firewall their names, and trust what the rest of the image trusts") {
    const Home home;
    const auto ran = home.shell(
        "ls /usr/local/share/ca-certificates/isag/*.crt | wc -l; cd /etc; python3 -c 'import json, sys, ssl, base64\n"
        "for path in sys.argv[1:]:\n"
        "    policy = json.load(open(path))\n"
        "    [ssl.DER_cert_to_PEM_cert(base64.b64decode(each, validate=True)) for each in policy[\"CACertificates\"]]\n"
        "    print(len(policy[\"CACertificates\"]), policy[\"EncryptedClientHelloEnabled\"])' "
        "{chromium,opt/chrome,opt/chrome_for_testing,opt/edge}/policies/managed/isag.json");
    CHECK_MESSAGE(ran.status == 0, ran.err);
    std::string expected = ran.out.substr(0, ran.out.find('\n'));
    const std::string line = expected + " False\n";
    CHECK(std::stoi(expected) > 0);
    CHECK(ran.out == expected + "\n" + line + line + line + line);
}

TEST_CASE("files made in the project belong to the person, and a read-only mount stays as it is") {
    const Home home("claude", "limit_network: null\nmounts: [../data:/data:ro, ../out:/out:rw]\n");
    home.write(home.file("data/given"), "given");
    const auto ran = home.shell("echo made > made; cat /data/given; echo out > /out/result; echo x > /data/new");
    CHECK(ran.status == 1);
    CHECK(ran.out == "given");
    CHECK(ran.err.find("Read-only file system") != std::string::npos);
    CHECK(read_file(home.file("out/result")).value() == "out\n");
    struct stat info {};
    REQUIRE(::stat((home.project() / "made").c_str(), &info) == 0);
    CHECK(info.st_uid == ::getuid());
    CHECK(info.st_gid == ::getgid());
    CHECK(!fs::exists(home.file("data/new")));
}

TEST_CASE("what is excluded is empty, and the folders above it can't be moved away") {
    const Home home("claude", "limit_network: null\nexclude: {files: [a/b/secret], folders: [a/hidden]}\n");
    home.write(home.project() / "a/b/secret", "secret");
    home.write(home.project() / "a/hidden/secret", "secret");
    const auto ran = home.shell(
        "wc -c < a/b/secret; ls -A a/hidden | wc -l; echo x > a/b/secret; rm -f a/b/secret; mv a/b a/c; mv a z; rmdir "
        "a/hidden; touch a/hidden/new; ls; true");
    CHECK(ran.out == "0\n0\na\nisag.yaml\n");
    CHECK(ran.err.find("a/c': Device or resource busy") != std::string::npos);
    CHECK(ran.err.find("'z': Device or resource busy") != std::string::npos);
    CHECK(read_file(home.project() / "a/b/secret").value() == "secret");
    CHECK(!fs::exists(home.project() / "a/hidden/new"));
}

TEST_CASE("isag.yaml and the repository's hooks are read-only inside") {
    const Home home;
    home.write(home.project() / ".git/hooks/pre-commit", "hook");
    home.write(home.project() / ".git/config", "[core]");
    const auto ran = home.shell(
        "for f in isag.yaml .git/hooks/pre-commit .git/hooks/new .git/config; do echo bad >> $f && echo $f; done; "
        "mv .git g && echo moved; rm -f isag.yaml && echo removed; cp isag.yaml copy; touch .git/index; true");
    CHECK(ran.out == "");
    CHECK(read_file(home.project() / "copy").value() == read_file(home.config()).value());
    CHECK(read_file(home.project() / ".git/hooks/pre-commit").value() == "hook");
    CHECK(fs::exists(home.project() / ".git/index"));
    CHECK(!fs::exists(home.project() / ".git/hooks/new"));
}

TEST_CASE("limit_network: what is not allowed has no address, and addresses can't be reached, at once") {
    const Home home("claude", "limit_network: {domains: [example.com], dns: [198.51.100.53]}\n");
    const auto ran = home.shell(
        "getent hosts forbidden.example; echo $?; time=$SECONDS; (echo > /dev/tcp/198.51.100.7/80) 2>&1;"
        "(echo > /dev/tcp/127.0.0.1/1) 2>&1; [ $((SECONDS - time)) -lt 2 ] && echo at once; cat /etc/resolv.conf");
    CAPTURE(ran.out + ran.err);
    CHECK(ran.out.starts_with("2\n"));
    CHECK(ran.out.find("198.51.100.7/80: Connection refused") != std::string::npos);
    CHECK(ran.out.find("at once\n") != std::string::npos);
    CHECK(ran.out.ends_with("nameserver 198.18.0.1\n"));
    CHECK(home.stop_all() == "");
}

TEST_CASE("limit_network: null gives the engine's network") {
    const Home home;
    const auto ran =
        home.shell("ls /sys/class/net; awk '$2 == \"00000000\" { print \"default route\" }' /proc/net/route");
    CHECK_MESSAGE(ran.status == 0, ran.err);
    CHECK(ran.out == "eth0\nlo\ndefault route\n");
}

}  // namespace isag
