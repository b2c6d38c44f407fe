// SPDX-License-Identifier: Apache-2.0
#include "tests/client/forward/fake_sandbox.hpp"
#include <doctest/doctest.h>

// isag ssh -D, asked by curl and by hand.
namespace isag {
using namespace std::string_literals;
using test::connect_or_throw;
using test::ForwardStage;
using test::receive;
using test::send_all;
using test::Server;

namespace {

void answer_http(UniqueFd connection) {
    std::string head;
    while (head.find("\r\n\r\n") == std::string::npos) {
        const std::string byte = receive(connection, 1);
        if (byte.empty()) return;
        head += byte;
    }
    send_all(connection, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\ninside");
}

std::string socks_request(const std::string& host, int port) {
    return "\x05\x01\x00\x05\x01\x00\x03"s + static_cast<char>(host.size()) + host + static_cast<char>(port >> 8) +
           static_cast<char>(port);
}

}  // namespace

TEST_CASE("-D: curl reaches a server inside by its name, which is not resolved here") {
    const Server server(answer_http);
    ForwardStage stage({"-D", "0"});
    const std::string proxy = "127.0.0.1:" + std::to_string(stage.port());
    const std::string url = "http://name.invalid:" + std::to_string(server.port()) + "/";
    const auto done = test::run_program({"curl", "-sS", "--max-time", "20", "--socks5-hostname", proxy, url},
                                        stage.stage.environment);
    CHECK_MESSAGE(done.out == "inside", done.err);
    const auto address = test::run_program({"curl", "-sS", "--max-time", "20", "--socks5", proxy,
                                            "http://127.0.0.1:" + std::to_string(server.port()) + "/"},
                                           stage.stage.environment);
    CHECK_MESSAGE(address.out == "inside", address.err);
    const auto old =
        test::run_program({"curl", "-sS", "--max-time", "20", "--socks4a", proxy, url}, stage.stage.environment);
    CHECK(old.status != 0);
    CHECK(stage.sandbox.told().forwards.at(0).kind == "dynamic");
}

TEST_CASE("-D: a refusal is the reply that says why, and then the end") {
    ForwardStage stage({"-D", "0"});
    for (const auto& [host, code] : {std::pair{"refuses"s, '\x05'}, {"forbidden"s, '\x02'}, {"odd"s, '\x01'}}) {
        const UniqueFd client = connect_or_throw(stage.port());
        send_all(client, socks_request(host, 80));
        CHECK(receive(client) == "\x05\x00\x05"s + code + "\x00\x01\x00\x00\x00\x00\x00\x00"s);
    }
    stage.isag().expect("isag: no connection to forbidden:80: x: the firewall refuses it: no rule names x\n");
}

TEST_CASE("-D: what follows the request in one breath reaches the server, byte by byte or not") {
    const Server server(test::echo);
    ForwardStage stage({"-D", "0"});
    const std::string all = socks_request("localhost", server.port()) + "early";
    const std::string wanted = "\x05\x00\x05\x00\x00\x01\x00\x00\x00\x00\x00\x00"s + "early";
    for (const std::size_t piece : {all.size(), std::size_t{1}}) {
        const UniqueFd client = connect_or_throw(stage.port());
        for (std::size_t at = 0; at < all.size(); at += piece) send_all(client, all.substr(at, piece));
        ::shutdown(client.get(), SHUT_WR);
        CHECK(receive(client) == wanted);
    }
}

}  // namespace isag
