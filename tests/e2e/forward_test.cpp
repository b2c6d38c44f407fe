// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "tests/client/forward/loopback.hpp"
#include "tests/e2e/home.hpp"
#include "tests/support/descriptors.hpp"
#include <doctest/doctest.h>
#include <random>
#include <regex>
#include <sys/stat.h>

// Forwarded ports of real sandboxes. Names of the firewall are only looked up inside, which the gate answers by itself:
// no query leaves.
namespace isag {
using test::connect_or_throw;
using test::echoed;
using test::end_of;
using test::eventually;
using test::Home;
using test::receive;
using test::Running;
using test::send_all;

namespace {

const std::string fenced = "limit_network:\n  dns: [198.51.100.53]\n  domains: [one.example]\n";

// Sends back what it is sent, and ends a half as it is ended.
const std::string echo_server =
    "import asyncio\n"
    "async def serve(reader, writer):\n"
    "    while data := await reader.read(65536):\n"
    "        writer.write(data)\n"
    "        await writer.drain()\n"
    "    writer.close()\n"
    "async def main():\n"
    "    server = await asyncio.start_server(serve, '127.0.0.1', 3000, backlog=1024)\n"
    "    print('it-runs', flush=True)\n"
    "    await server.serve_forever()\n"
    "asyncio.run(main())\n";

Running start_echo(const Home& home) {
    Running running = home.start({"run", "--", "python3", "-c", echo_server});
    running.expect("it-runs");
    return running;
}

// isag ssh -N with ports that it may choose.
class Forwarding {
public:
    Forwarding(const Home& home, std::vector<std::string> options)
        : count_(static_cast<std::ptrdiff_t>(options.size() / 2)), isag_(home.start(words(std::move(options)))) {
        if (!eventually([&] { return isag_.has_ended() || told("isag: forwarding ").size() == count(); }) ||
            isag_.has_ended())
            throw Error("isag does not forward: " + isag_.err());
    }
    // That it got, in the order of the lines that say so: of this machine first.
    int port(std::size_t place = 0) const { return std::stoi(told("Allocated port (\\d+) for ").at(place)); }
    Running& isag() { return isag_; }

private:
    static std::vector<std::string> words(std::vector<std::string> options) {
        options.insert(options.begin(), {"ssh", "-N", "-v"});
        return options;
    }
    std::size_t count() const { return static_cast<std::size_t>(count_); }
    std::vector<std::string> told(const std::string& pattern) const {
        const std::string all = isag_.err();
        const std::regex wanted(pattern);
        std::vector<std::string> out;
        for (std::sregex_iterator it(all.begin(), all.end(), wanted), end; it != end; ++it)
            out.push_back(it->size() > 1 ? (*it)[1].str() : it->str());
        return out;
    }

    std::ptrdiff_t count_;
    Running isag_;
};

// What a program inside gets from a port of its loopback: all that arrives, or the exception's name.
std::string asked_inside(const Home& home, int port) {
    const std::string script =
        "import socket\n"
        "try:\n"
        "    s = socket.create_connection(('127.0.0.1', " +
        std::to_string(port) +
        "), 10)\n"
        "    print(s.recv(100).decode() or 'nothing')\n"
        "except OSError as error: print(type(error).__name__)\n";
    return home.isag({"exec", "isag", "--", "python3", "-c", script}).out;
}

// A SOCKS5 connection that has asked for that place; what comes next is the reply, of 10 bytes.
UniqueFd ask_socks(int port, const std::string& host, int to) {
    using namespace std::string_literals;
    UniqueFd socket = connect_or_throw(port);
    send_all(socket, "\x05\x01\x00\x05\x01\x00\x03"s + static_cast<char>(host.size()) + host +
                         static_cast<char>(to >> 8) + static_cast<char>(to));
    if (receive(socket, 2) != "\x05\x00"s) throw Error("that is no SOCKS5 server");
    return socket;
}

int socks_code(int port, const std::string& host) {
    const std::string reply = receive(ask_socks(port, host, 443), 10);
    return reply.size() == 10 ? reply[1] : -1;
}

}  // namespace

TEST_CASE("-L, -D and proxy reach a server inside, byte for byte, and Ctrl-C ends it") {
    const Home home;
    Running sandbox = start_echo(home);
    Forwarding forwards(home, {"-L", "0:localhost:3000", "-D", "0"});
    std::mt19937 random(1);
    std::string bytes(5'000'000, '\0');
    for (auto& byte : bytes) byte = static_cast<char>(random());
    CHECK(echoed(forwards.port(0), bytes) == bytes);
    const std::string listed = home.isag({"ports", "isag", "--json"}).out;
    CHECK_MESSAGE(listed.find("\"dynamic\"") != std::string::npos, listed);
    const UniqueFd by_name = ask_socks(forwards.port(1), "localhost", 3000);
    CHECK(receive(by_name, 10)[1] == 0);
    send_all(by_name, "by name");
    CHECK(receive(by_name, 7) == "by name");
    CHECK(home.isag({"proxy", "isag-isag", "3000"}, bytes).out == bytes);
    forwards.isag().signal(SIGINT);
    CHECK(forwards.isag().wait() == 128 + SIGINT);
    CHECK(home.isag({"ports", "isag", "--json"}).out.find("\"dynamic\"") == std::string::npos);
    CHECK(home.stop_all() == "");
}

TEST_CASE("-f -N goes into the background once it forwards, and ends with the sandbox") {
    const Home home;
    Running sandbox = start_echo(home);
    const int port = test::listen_on_loopback().port;
    const auto status = [&](const std::string& told) {  // a file: what goes on would hold a pipe open
        auto words = home.command({"ssh", "-fNL", std::to_string(port) + ":localhost:3000"});
        words.insert(words.begin(), {"sh", "-c", "\"$@\" >/dev/null 2>" + home.file(told).string(), "sh"});
        return test::run_program(words, home.environment).status;
    };
    CHECK(status("first") == 0);
    CHECK(echoed(port, "behind the shell") == "behind the shell");
    CHECK(status("second") == 125);
    CHECK(read_file(home.file("second")).value().find("port " + std::to_string(port)) != std::string::npos);
    CHECK(home.stop_all() == "");
    CHECK(eventually([&] { return read_file(home.file("first")).value().find("has ended") != std::string::npos; }));
    CHECK(!test::try_connect(port));
}

TEST_CASE("-L through a unix socket of either side") {
    const Home home;
    Running sandbox = home.start({"run", "--", "python3", "-c",
                                  "import socket, os\n"
                                  "s = socket.socket(socket.AF_UNIX); s.bind('/tmp/inside.sock'); s.listen()\n"
                                  "print('it-runs', flush=True)\n"
                                  "while True:\n"
                                  "    c = s.accept()[0]; c.sendall(b'by path'); c.close()\n"});
    sandbox.expect("it-runs");
    const std::string here = home.file("here.sock");
    Forwarding forwards(home, {"-L", here + ":/tmp/inside.sock", "-L", "0:/tmp/nobody.sock"});
    CHECK(receive(test::connect_to_path(here)) == "by path");
    CHECK(end_of(connect_or_throw(forwards.port())) == ECONNRESET);
    CHECK(home.stop_all() == "");
    CHECK(forwards.isag().wait() == 125);
    CHECK(
        forwards.isag().err().ends_with("isag: isag has ended, and its forwards with it\n"
                                        "  'isag run --name isag' starts one anew\n"));
}

TEST_CASE("no forward widens what the agent reaches: -L and -D obey the firewall, -R leads where it was told") {
    const Home home("claude", fenced);
    Running sandbox = home.start_sandbox();
    const test::Server named([](UniqueFd c) { send_all(c, "pong"); });
    const test::Server other([](UniqueFd c) { send_all(c, "must not be seen"); });
    Forwarding forwards(home, {"-L", "0:two.example:443", "-L", "0:198.51.100.7:443", "-D", "0", "-R",
                               "0:127.0.0.1:" + std::to_string(named.port())});
    CHECK(end_of(connect_or_throw(forwards.port(0))) == ECONNRESET);
    CHECK(end_of(connect_or_throw(forwards.port(1))) == ECONNRESET);
    CHECK(socks_code(forwards.port(2), "two.example") == 2);
    CHECK(socks_code(forwards.port(2), "198.51.100.7") == 5);
    CHECK(socks_code(forwards.port(2), "169.254.169.254") == 5);
    CHECK(home.isag({"net", "log"}).out.find("two.example") != std::string::npos);

    CHECK(asked_inside(home, forwards.port(3)) == "pong\n");
    CHECK(asked_inside(home, other.port()) == "ConnectionRefusedError\n");
    CHECK(other.count() == 0);
    for (const std::string end : {"", "/", "//", "/.", "/x/.."}) {
        const auto engine = home.isag({"ssh", "-N", "-R", "5000:/var/run/docker.sock" + end});
        CHECK(engine.status == 2);
        CHECK_MESSAGE(engine.err.find("engine's socket") != std::string::npos, engine.err);
    }

    forwards.isag().signal(SIGTERM);
    CHECK(forwards.isag().wait() == 128 + SIGTERM);
    CHECK(asked_inside(home, forwards.port(3)) == "ConnectionRefusedError\n");
    CHECK(home.stop_all() == "");
}

TEST_CASE("-R twice of one port or path is told so, and no port is told of where the sandbox has ended") {
    const Home home;
    {
        Running sandbox = home.start_sandbox();
        const std::string has_it = ": another -R of this command has it\n  leave one of them out, or choose another ";
        for (const auto& [at, what] : {std::pair<std::string, std::string>{"5000", "port"}, {"/tmp/r.sock", "path"}}) {
            const auto twice = home.isag({"ssh", "-N", "-R", at + ":localhost:1", "-R", at + ":localhost:2"});
            CHECK(twice.status == 125);
            CHECK_MESSAGE(twice.err.ends_with(has_it + what + "\n"), twice.err);
        }
        CHECK(home.stop_all() == "");
    }
    const auto late = home.isag({"ssh", "isag", "-N", "-L", "0:localhost:1", "-D", "0"});
    CHECK_MESSAGE(late.err.starts_with("isag: the sandbox isag has ended "), late.err);
}

TEST_CASE("-R to a socket in the project is not led elsewhere by a link that the agent puts in its place") {
    const Home home("claude", fenced);
    Running sandbox = home.start_sandbox();
    const std::string named = home.project() / "app.sock", other = home.file("other.sock");
    const test::Server app([](UniqueFd c) { send_all(c, "pong"); }, test::listen_on_path(named));
    const test::Server secret([](UniqueFd c) { send_all(c, "must not be seen"); }, test::listen_on_path(other));
    for (const auto& path : {named, other}) ::chmod(path.c_str(), 0777);
    Forwarding forwards(home, {"-R", "0:" + named});
    CHECK(asked_inside(home, forwards.port()) == "pong\n");
    CHECK(home.isag({"exec", "isag", "--", "ln", "-sfn", other, "app.sock"}).status == 0);
    CHECK(asked_inside(home, forwards.port()) == "ConnectionResetError\n");
    CHECK(secret.count() == 0);
    const auto link = home.isag({"ssh", "-N", "-R", "0:" + named});
    CHECK(link.status == 2);
    CHECK_MESSAGE(link.err.find("isag follows no link") != std::string::npos, link.err);
    CHECK(home.stop_all() == "");
}

TEST_CASE("isagd is killed: open connections go on, and new ones are made by the next isagd") {
    const Home home;
    Running sandbox = start_echo(home);
    Forwarding forwards(home, {"-L", "0:localhost:3000"});
    const UniqueFd open = connect_or_throw(forwards.port());
    send_all(open, "one");
    CHECK(receive(open, 3) == "one");
    home.signal_daemon(SIGKILL);
    send_all(open, "two");
    CHECK(receive(open, 3) == "two");
    CHECK(echoed(forwards.port(), "anew") == "anew");
    CHECK(eventually([&] {
        return home.isag({"ports", "isag", "--json"}).out.find("\"local\"") != std::string::npos;
    }));
    CHECK(home.stop_all() == "");
}

TEST_CASE("two thousand connections into a sandbox at the same time") {
    const Home home;
    Running sandbox = start_echo(home);
    Forwarding forwards(home, {"-L", "0:localhost:3000"});
    test::want_descriptors(10000);
    std::vector<UniqueFd> clients;
    for (int i = 0; i < 2000; ++i) clients.push_back(connect_or_throw(forwards.port()));
    for (const auto& client : clients) send_all(client, "x");
    int exact = 0;
    for (const auto& client : clients) exact += receive(client, 1) == "x";
    CHECK(exact == 2000);
    CHECK(home.stop_all() == "");
}

}  // namespace isag
