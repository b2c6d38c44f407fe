// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/e2e/home.hpp"
#include "tests/e2e/isagd_client.hpp"
#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <nlohmann/json.hpp>
#include <sys/time.h>
#include <thread>

// What leads into a sandbox and out of it, under a firewall that lets no name through.
namespace isag {
using nlohmann::json;
using test::eventually;
using test::Home;
using test::IsagdClient;
using test::Running;

namespace {

const std::string closed = "limit_network: {domains: []}\n";

UniqueFd loopback_socket(sockaddr_in& at, std::uint16_t port) {
    at.sin_family = AF_INET;
    at.sin_port = htons(port);
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    UniqueFd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    const timeval limit{20, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    return fd;
}

// None where nobody listens.
UniqueFd dial_port(std::uint16_t port) {
    sockaddr_in at{};
    UniqueFd fd = loopback_socket(at, port);
    if (::connect(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) fd.reset();
    return fd;
}

// A host's port that is taken until the socket goes: that one, or any where it is 0, which it then says.
UniqueFd taken_port(std::uint16_t& port) {
    sockaddr_in at{};
    UniqueFd fd = loopback_socket(at, port);
    const int yes = 1;
    ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    socklen_t size = sizeof at;
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&at), sizeof at) == 0);
    REQUIRE(::listen(fd.get(), 8) == 0);
    REQUIRE(::getsockname(fd.get(), reinterpret_cast<sockaddr*>(&at), &size) == 0);
    port = ntohs(at.sin_port);
    return fd;
}

// What comes until the end; `error` says how that was.
std::string read_all(const UniqueFd& fd, int& error) {
    std::string out;
    char piece[4096];
    ssize_t n = 0;
    for (;;) {
        pollfd readable{fd.get(), POLLIN, 0};
        REQUIRE_MESSAGE(::poll(&readable, 1, 20000) == 1, "nothing came in time, after: " << out);
        n = ::recv(fd.get(), piece, sizeof piece, 0);
        if (n <= 0) break;
        out.append(piece, static_cast<std::size_t>(n));
    }
    error = n < 0 ? errno : 0;
    return out;
}

std::string get(const UniqueFd& server) {
    const std::string request = "GET /hello HTTP/1.0\r\n\r\n";
    if (::send(server.get(), request.data(), request.size(), MSG_NOSIGNAL) != std::ssize(request)) return {};
    int error = 0;
    return read_all(server, error);
}

bool serves(std::uint16_t port) {
    const auto server = dial_port(port);
    return server && get(server).find("200 OK") != std::string::npos;
}

// A sandbox with a web server at port 8080 of its loopback, started with these options of isag run.
void start_server(const Home& home, std::vector<std::string> options) {
    home.write(home.project() / "hello", "hello from inside\n");
    std::vector<std::string> words{"run", "-d"};
    words.insert(words.end(), options.begin(), options.end());
    for (const char* word : {"--", "python3", "-m", "http.server", "8080", "--bind", "127.0.0.1"})
        words.emplace_back(word);
    const auto started = home.isag(words);
    REQUIRE_MESSAGE(started.status == 0, started.err);
    const auto listens = [&] { return home.isag({"ports"}).out.find("127.0.0.1:8080") != std::string::npos; };
    REQUIRE(eventually(listens));
}

json ports_of(const Home& home) { return json::parse(home.isag({"ports", "--json"}).out).at(0); }

json target() { return {{"name", "isag"}, {"config", {{"path", ""}, {"environment", json::object()}}}}; }
json end_at(const std::string& host, int port) { return {{"host", host}, {"port", port}, {"path", ""}}; }
json path_end(const std::string& path) { return {{"host", ""}, {"port", 0}, {"path", path}}; }

IsagdClient client_of(const Home& home) { return IsagdClient(home.runtime() / "isag/isagd.sock"); }

Error refusal_in(const proto::Incoming& answer) {
    REQUIRE(answer.message.failure);
    CHECK(answer.fds.empty());
    return *answer.message.failure;
}

}  // namespace

TEST_CASE("run -p leads a port of this machine to a server inside, through isagd's death, until the sandbox ends") {
    const Home home("claude", closed);
    start_server(home, {"-p", "0:8080", "-p", "0:8081"});
    const auto before = ports_of(home);
    CHECK(before.at("listeners").at(0).at("program") == "python3");
    const auto port = before.at("published").at(0).at("listen").at("port").get<std::uint16_t>();
    auto dead_end = before.at("published").at(1).at("listen").at("port").get<std::uint16_t>();
    CHECK(serves(port));
    int error = 0;
    CHECK(read_all(dial_port(dead_end), error).empty());
    CHECK(error == ECONNRESET);  // nobody listens there inside

    const auto second = home.isag({"run", "-p", std::to_string(port) + ":80", "--", "true"});
    CHECK_MESSAGE(second.err.find(" is in use by the sandbox isag (isag run -p)\n") != std::string::npos, second.err);

    const auto old = home.daemon();
    const auto open = dial_port(port);
    CHECK(::send(open.get(), "GET", 3, MSG_NOSIGNAL) == 3);
    CHECK(serves(port));  // and so that one is led as well
    home.signal_daemon(SIGKILL);
    CHECK(home.daemon_ends());
    read_all(open, error);
    CHECK(error == ECONNRESET);  // no end in good order
    CHECK(!dial_port(port));
    UniqueFd other = taken_port(dead_end);
    CHECK(home.names() == std::vector<std::string>{"isag"});
    CHECK(home.daemon() != old);
    CHECK(eventually([&] { return ports_of(home).at("waiting").size() == 1; }));
    CHECK(ports_of(home).at("waiting").at(0) == before.at("published").at(1));
    other.reset();
    CHECK(eventually([&] { return ports_of(home).at("waiting").empty(); }));
    CHECK(eventually([&] { return serves(port); }));
    CHECK(ports_of(home).at("published") == before.at("published"));
    CHECK(home.stop_all() == "");
    CHECK(!dial_port(port));
}

TEST_CASE("run -p of a port that is taken names it and who has it, and starts nothing") {
    const Home home("claude", closed);
    std::uint16_t port = 0;
    const auto taken = taken_port(port);
    const auto ran = home.isag({"run", "-p", std::to_string(port) + ":80", "--", "true"});
    CHECK(ran.status == 125);
    CHECK(ran.err.find("port " + std::to_string(port) + " of this machine (localhost) is in use by test_e2e (") !=
          std::string::npos);
    CHECK(home.names().empty());
    CHECK(home.isag({"run", "-p", "80:web", "--", "true"}).status == 2);
    CHECK(home.isag({"run", "-p", "nowhere.example:8080:80", "--", "true"}).status == 2);
    CHECK(home.stop_all() == "");
}

TEST_CASE("connect reaches what the agent reaches, and nothing else") {
    const Home home("claude", closed);
    start_server(home, {});
    auto isagd = client_of(home);
    for (const char* host : {"", "localhost", "isag", "127.0.0.1"}) {
        auto answer = isagd.ask("connect", {{"target", target()}, {"to", end_at(host, 8080)}});
        REQUIRE_MESSAGE(answer.fds.size() == 1, (answer.message.failure ? answer.message.failure->message() : ""));
        CHECK(get(answer.fds[0]).find("hello from inside") != std::string::npos);
    }
    const auto refused = [&](const json& to) {
        const auto error = refusal_in(isagd.ask("connect", {{"target", target()}, {"to", to}}));
        CHECK_MESSAGE(error.kind() == ErrorKind::not_found, error.message());
        return error.message();
    };
    CHECK(refused(end_at("", 8082)).find("Connection refused") != std::string::npos);
    CHECK(refused(end_at("198.51.100.7", 80)).find("Connection refused") != std::string::npos);
    CHECK(refused(end_at("web.example", 80)).find("the firewall refuses it") != std::string::npos);
    CHECK(refused(path_end("/tmp/none.sock")).find("No such file") != std::string::npos);
    CHECK(home.isag({"net", "log"}).out.find("web.example") != std::string::npos);
    const auto no_port = isagd.ask("connect", {{"target", target()}, {"to", end_at("", 0)}});
    CHECK(refusal_in(no_port).kind() == ErrorKind::usage);
    CHECK(home.stop_all() == "");
}

TEST_CASE("listen brings what connects inside to whoever asked, but not to the engine and not to isagd") {
    const Home home("claude", closed);
    start_server(home, {});
    auto isagd = client_of(home);
    const auto listen = [&](const json& at, const json& to) {
        return isagd.ask("listen", {{"target", target()}, {"at", at}, {"to", to}});
    };
    auto answer = listen(end_at("", 0), end_at("", 5037));
    REQUIRE(answer.fds.size() >= 1);
    const auto port = answer.message.payload->at("port").get<int>();
    CHECK(port != 0);
    const std::string hello = "exec 3<>/dev/tcp/127.0.0.1/" + std::to_string(port) + "; echo hello >&3";
    CHECK(home.isag({"exec", "isag", "--", "bash", "-c", hello}).status == 0);
    const UniqueFd connection(::accept4(answer.fds[0].get(), nullptr, nullptr, SOCK_CLOEXEC));
    int error = 0;
    CHECK(read_all(connection, error) == "hello\n");
    CHECK(refusal_in(listen(end_at("", port), end_at("", 5037))).message().find("is in use") != std::string::npos);
    CHECK(refusal_in(listen(end_at("", 8080), end_at("", 5037))).message() ==
          "port 8080 of the sandbox (localhost) is in use by python3");
    for (const char* host : {"::1", "::"})  // succeeding at :: would lead nobody anywhere
        CHECK(refusal_in(listen(end_at(host, 9030), end_at("", 5037))).message().ends_with(": it has no IPv6"));

    auto by_path = listen(path_end("/tmp/inner.sock"), end_at("", 5037));
    REQUIRE(by_path.fds.size() == 1);
    CHECK(isagd.ask("connect", {{"target", target()}, {"to", path_end("/tmp/inner.sock")}}).fds.size() == 1);

    std::filesystem::create_symlink("/var/run/docker.sock", home.file("link"));
    for (const std::string& path : {std::string("/var/run/docker.sock"), home.file("link").string(),
                                    (home.runtime() / "isag/isagd.sock").string()}) {
        const auto refused = refusal_in(listen(end_at("", 0), path_end(path)));
        CHECK(refused.kind() == ErrorKind::usage);
        CHECK(refused.message().starts_with(path + " is "));
    }
    CHECK(home.stop_all() == "");
}

TEST_CASE(
    "ports lists what listens, what is forwarded while its client is there, and who is forwarded is told the end") {
    const Home home("claude", closed);
    start_server(home, {});
    auto isagd = client_of(home);
    {
        auto other = client_of(home);
        const json forward{{"kind", "local"}, {"listen", end_at("", 9000)}, {"to", end_at("", 8080)}};
        CHECK(!other.ask("forwards", {{"target", target()}, {"forwards", {forward}}}).message.failure);
        CHECK(ports_of(home).at("forwards").at(0) == forward);
        CHECK(home.isag({"ports", "isag"}).out.find("localhost:9000 (isag ssh)") != std::string::npos);
    }
    CHECK(eventually([&] { return ports_of(home).at("forwards").empty(); }));
    CHECK(ports_of(home).at("listeners").size() == 1);  // none of the gate's
    CHECK(home.isag({"ports", "nosuch"}).status == 1);

    CHECK(!isagd.ask("forwards", {{"target", target()}, {"forwards", json::array()}}).message.failure);
    CHECK(home.stop_all() == "");
    CHECK(isagd.next().message.method == "exited");
}
}  // namespace isag
