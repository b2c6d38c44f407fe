// SPDX-License-Identifier: Apache-2.0
#include "tests/e2e/place.hpp"
#include "common/environment.hpp"
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <doctest/doctest.h>
#include <grp.h>
#include <pwd.h>
#include <string>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace isag::test {
namespace fs = std::filesystem;
namespace {

constexpr int skip_code = 77;

std::string variable(const char* name) {
    const char* value = std::getenv(name);
    return value ? value : "";
}

std::string engine_socket() {
    const std::string host = variable("DOCKER_HOST");
    return host.starts_with("unix://") ? host.substr(7) : "/var/run/docker.sock";
}

// The engine's group by number: the user need not be listed in it.
std::vector<gid_t> groups_of(const passwd& user) {
    std::vector<gid_t> groups(64);
    int count = static_cast<int>(groups.size());
    ::getgrouplist(user.pw_name, user.pw_gid, groups.data(), &count);
    groups.resize(static_cast<std::size_t>(count));
    struct stat info {};
    if (::stat(engine_socket().c_str(), &info) == 0) groups.push_back(info.st_gid);
    return groups;
}

std::string become(const std::string& name) {
    const passwd* user = ::getpwnam(name.c_str());
    if (!user) return "no user " + name;
    const auto groups = groups_of(*user);
    if (::setgroups(groups.size(), groups.data()) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)
        return "cannot become " + name + ": " + std::strerror(errno);
    ::prctl(PR_SET_DUMPABLE, 1);
    return {};
}

// Runs before any test, and not where the tests are only listed.
struct Entrance : doctest::IReporter {
    explicit Entrance(const doctest::ContextOptions&) {}
    void report_query(const doctest::QueryData&) override {}
    void test_run_start() override {
        const std::string why = enter_place();
        if (why.empty()) return;
        std::printf("skipped: %s\n", why.c_str());
        std::fflush(stdout);
        ::_exit(skip_code);
    }
    void test_run_end(const doctest::TestRunStats&) override {}
    void test_case_start(const doctest::TestCaseData&) override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_end(const doctest::CurrentTestCaseStats&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}
};
REGISTER_LISTENER("place", 0, Entrance);

}  // namespace

std::string enter_place() {
    if (::getuid() == 0) {
        const std::string user = variable("ISAG_TEST_USER");
        if (user.empty()) return "root without ISAG_TEST_USER (./dev test sets it)";
        if (const std::string why = become(user); !why.empty()) return why;
    }
    ::umask(022);
    if (::access(isag_program().c_str(), X_OK) != 0) return isag_program() + " is not there for this user";
    if (::access(engine_socket().c_str(), R_OK | W_OK) != 0) return "no engine at " + engine_socket();
    return {};
}

std::string isag_program() {
    const std::string prefix = variable("ISAG_TEST_PREFIX");
    return prefix.empty() ? ISAG_PROGRAM : prefix + "/bin/isag";
}

std::string isagd_program() {
    const std::string prefix = variable("ISAG_TEST_PREFIX");
    return prefix.empty() ? ISAGD_PROGRAM : prefix + "/bin/isagd";
}

Environment clean_environment() {
    const passwd* user = ::getpwuid(::getuid());
    const std::string name = user ? user->pw_name : "nobody";
    const std::string folders =
        fs::path(isag_program()).parent_path().string() + ":" + fs::path(isagd_program()).parent_path().string();
    Environment out{{"USER", name},
                    {"LOGNAME", name},
                    {"SHELL", "/bin/sh"},
                    {"LANG", "C.UTF-8"},
                    {"TERM", "xterm-256color"},
                    {"PATH", folders + ":/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"}};
    // How the network is reached and whom to trust there.
    for (const char* kept :
         {"http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE",
          "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "DOCKER_HOST"})
        if (const std::string value = variable(kept); !value.empty()) out[kept] = value;
    return out;
}

fs::path shared_cache() {
    const fs::path path = "/var/tmp/isag-e2e-cache-" + std::to_string(::getuid());
    ::mkdir(path.c_str(), 0700);
    struct stat info {};
    if (::lstat(path.c_str(), &info) != 0 || !S_ISDIR(info.st_mode) || info.st_uid != ::getuid())
        throw std::runtime_error(path.string() + " belongs to somebody else: remove it");
    return path;
}

}  // namespace isag::test
