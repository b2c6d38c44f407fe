// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include "tests/e2e/isagd_client.hpp"
#include <arpa/inet.h>
#include <atomic>
#include <csignal>
#include <doctest/doctest.h>
#include <fstream>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/stat.h>
#include <thread>

// The sshd of a sandbox, asked by OpenSSH's own client.
namespace isag {
using nlohmann::json;
using test::Home;
using test::IsagdClient;

namespace {

json ssh_request() {
    return {{"target", {{"name", "isag"}, {"config", {{"path", ""}, {"environment", json::object()}}}}}};
}

// A port of this machine behind which each connection is one to an sshd of its own.
class SshPort {
public:
    explicit SshPort(const Home& home) : isagd_(home.runtime() / "isag/isagd.sock") {
        sockaddr_in at{};
        at.sin_family = AF_INET;
        at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        socklen_t size = sizeof at;
        listener_.reset(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        REQUIRE(::bind(listener_.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
        REQUIRE(::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
        port_ = ntohs(at.sin_port);
        ::signal(SIGPIPE, SIG_IGN);
        thread_ = std::thread([this] { serve(); });
    }
    ~SshPort() {
        ::shutdown(listener_.get(), SHUT_RDWR);
        thread_.join();
        for (auto& lead : leads_) lead.join();
    }
    std::string port() const { return std::to_string(port_); }

private:
    void serve() {
        for (;;) {
            UniqueFd outer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
            if (!outer) return;
            auto answer = isagd_.ask("ssh", ssh_request());
            if (answer.fds.size() != 1) continue;
            leads_.emplace_back([outer = std::move(outer), inner = std::move(answer.fds[0])] {
                std::thread back([&] { copy(inner, outer); });
                copy(outer, inner);
                back.join();
            });
        }
    }
    static void copy(const UniqueFd& from, const UniqueFd& to) {
        char piece[65536];
        for (ssize_t n = 0; (n = ::read(from.get(), piece, sizeof piece)) > 0;)
            for (ssize_t done = 0, w = 0; done < n; done += w)
                if ((w = ::write(to.get(), piece + done, static_cast<std::size_t>(n - done))) <= 0) return;
        ::shutdown(to.get(), SHUT_WR);
    }

    IsagdClient isagd_;
    UniqueFd listener_;
    std::uint16_t port_ = 0;
    std::thread thread_;
    std::vector<std::thread> leads_;
};

// A running sandbox and what its sshd is asked with.
struct SshPlace {
    Home home{"claude", "limit_network: {domains: []}\nenv: {TOKEN: \"a \\\"b\\\" c\\\\d # e\"}\n"};
    std::optional<SshPort> ssh_port;
    json answer;

    SshPlace() {
        const auto started =
            home.isag({"run", "-d", "--", "python3", "-m", "http.server", "8080", "--bind", "127.0.0.1"});
        REQUIRE_MESSAGE(started.status == 0, started.err);
        IsagdClient isagd(home.runtime() / "isag/isagd.sock");
        const auto reply = isagd.ask("ssh", ssh_request());
        REQUIRE_MESSAGE(!reply.message.failure, (reply.message.failure ? reply.message.failure->message() : ""));
        answer = *reply.message.payload;
        const auto host_key = read_file(keys() / "ssh_host_ed25519_key.pub").value();
        home.write(home.file("known_hosts"), "sandbox " + host_key);
        ssh_port.emplace(home);
    }
    std::filesystem::path keys() const { return answer.at("artifacts").get<std::string>() + "/ssh"; }

    test::Finished run(const std::string& program, std::vector<std::string> words, std::string_view input = {}) const {
        std::vector<std::string> argv{program, "-F", "none", "-i", (keys() / "id_ed25519").string()};
        for (const std::string& option :
             {std::string("IdentitiesOnly=yes"), std::string("BatchMode=yes"), std::string("HostKeyAlias=sandbox"),
              "UserKnownHostsFile=" + home.file("known_hosts").string(), std::string("StrictHostKeyChecking=yes"),
              "Port=" + ssh_port->port(), std::string("LogLevel=ERROR")})
            argv.insert(argv.end(), {"-o", option});
        argv.insert(argv.end(), words.begin(), words.end());
        return test::run_program(argv, home.environment, input);
    }
    std::string login() const { return answer.at("user").get<std::string>() + "@127.0.0.1"; }
    test::Finished ssh(std::vector<std::string> words, std::string_view input = {}) const {
        return run("ssh", std::move(words), input);
    }
};

}  // namespace

TEST_CASE("sshd: stock ssh runs commands, has a terminal, copies files and forwards ports, as the sandbox's user") {
    const SshPlace place;
    const auto ran = place.ssh(
        {place.login(), "id -u; echo \"$TOKEN\"; echo \"$ISAG_SANDBOX\"; cat; echo oops >&2; exit 7"}, "from stdin\n");
    CHECK_MESSAGE(ran.status == 7, ran.err);
    CHECK(ran.out == std::to_string(::getuid()) + "\na \"b\" c\\d # e\nisag\nfrom stdin\n");
    CHECK(ran.err == "oops\n");

    const auto path = place.home.isag({"exec", "isag", "--", "sh", "-c", "echo $PATH"}).out;
    CHECK(place.ssh({place.login(), "echo $PATH"}).out == path);
    CHECK(place.ssh({place.login(), "bash -lc 'echo $PATH'"}).out == path);

    const auto terminal = place.ssh({"-tt", place.login(), "tty; echo $TERM"});
    CHECK_MESSAGE(terminal.out.starts_with("/dev/pts/"), terminal.err);
    CHECK(terminal.out.ends_with("\r\nxterm-256color\r\n"));

    place.home.write(place.home.file("sent"), "sent by sftp\n");
    const std::string batch = "put " + place.home.file("sent").string() + " /tmp/sent\nget /tmp/sent " +
                              place.home.file("got").string() + "\n";
    const auto copied = place.run("sftp", {"-b", "-", place.login()}, batch);
    CHECK_MESSAGE(copied.status == 0, copied.err);
    CHECK(read_file(place.home.file("got")).value() == "sent by sftp\n");

    const auto forwarded = [&] {
        return place.ssh({"-W", "127.0.0.1:8080", place.login()}, "GET / HTTP/1.0\r\n\r\n").out.find("200 OK");
    };
    CHECK(test::eventually([&] { return forwarded() != std::string::npos; }));
    CHECK(place.home.isag({"stop", "--all"}).status == 0);
}

TEST_CASE("sshd: no password, no other key, and its forwards go no further than the agent") {
    const SshPlace place;
    const auto stranger = place.home.file("stranger");
    CHECK(test::run_program({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", stranger.string()},
                            place.home.environment)
              .status == 0);
    const auto refused =
        test::run_program({"ssh", "-F", "none", "-i", stranger.string(), "-o", "IdentitiesOnly=yes", "-o",
                           "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null",
                           "-p", place.ssh_port->port(), place.login(), "true"},
                          place.home.environment);
    CHECK(refused.status == 255);
    CHECK(refused.err.find("Permission denied (publickey)") != std::string::npos);
    CHECK(place.ssh({"-W", "198.51.100.7:80", place.login()}).status == 255);
    CHECK(place.ssh({"-W", "web.example:80", place.login()}).status == 255);
    CHECK(place.home.isag({"net", "log"}).out.find("web.example") != std::string::npos);

    // Its files are its own: nobody else reads the variables.
    const auto record = std::filesystem::directory_iterator(place.home.runtime() / "isag/sandboxes")->path();
    for (const char* file : {"sshd_config", "authorized_keys", "ssh_host_ed25519_key"}) {
        struct stat info {};
        REQUIRE(::stat((record / "run/ssh" / file).c_str(), &info) == 0);
        CHECK((info.st_mode & 07777) == 0600);
        CHECK(info.st_uid == ::getuid());
    }
    CHECK(place.home.isag({"stop", "--all"}).status == 0);
}

TEST_CASE("sshd: one is started for each connection, and is gone when that is") {
    const SshPlace place;
    for (int i = 0; i < 3; ++i) CHECK(place.ssh({place.login(), "true"}).status == 0);
    const auto none_left = [&] { return place.home.isag({"exec", "isag", "--", "pgrep", "-c", "sshd"}).out == "0\n"; };
    CHECK(test::eventually(none_left));
    const auto listens = json::parse(place.home.isag({"ports", "--json"}).out).at(0).at("listeners");
    CHECK(listens.size() == 1);  // the sandbox's own server
    CHECK(place.home.isag({"stop", "--all"}).status == 0);
}
}  // namespace isag
