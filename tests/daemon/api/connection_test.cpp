// SPDX-License-Identifier: Apache-2.0
#include "proto/protocol.hpp"
#include "tests/daemon/api/served.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <future>
#include <sys/stat.h>

using namespace isag;
using namespace isag::test;

namespace {

nlohmann::json source(const std::filesystem::path& path) {
    return {{"path", path.string()}, {"environment", {{"HOME", "/home/pat"}}}};
}

}  // namespace

TEST_CASE("connection: hello is answered with protocol and version") {
    Served served(engine_there);
    auto client = served.client();
    client.request(7, "hello", {{"protocol", proto::client_protocol}, {"version", "0.0.1"}});
    const auto answer = client.receive();
    CHECK(answer["id"] == 7);
    CHECK(answer["result"]["protocol"] == proto::client_protocol);
}

TEST_CASE("connection: who speaks another protocol is told so, whatever else it says, and not served") {
    Served served(engine_there);
    for (const int protocol : {99, 0, -1}) {
        auto client = served.client();
        client.request(1, "hello", {{"protocol", protocol}, {"version", "9.0.0"}, {"features", {"later"}}});
        const auto error = client.receive_error();
        CHECK(error.find("isag 9.0.0 speaks protocol " + std::to_string(protocol) + ", but") == 0);
        client.request(2, "ps", {{"all", false}});
        CHECK(client.receive().is_null());
    }
}

TEST_CASE("connection: a first request other than hello is hung up on") {
    Served served(engine_there);
    auto client = served.client();
    client.request(1, "ps", {{"all", false}});
    CHECK(client.receive().is_null());
}

TEST_CASE("connection: the socket is the person's alone") {
    Served served(engine_there);
    struct stat info {};
    REQUIRE(::stat(served.socket().c_str(), &info) == 0);
    CHECK((info.st_mode & 0777) == 0600);
}

TEST_CASE("connection: an unknown method is an error, and the connection goes on") {
    Served served(engine_there);
    auto client = served.client();
    client.greet();
    client.request(2, "explode");
    CHECK(client.receive_error() == "isagd knows no 'explode'");
    client.request(3, "ps", {{"all", false}});
    CHECK(client.receive()["result"]["sandboxes"].empty());
}

TEST_CASE("connection: unknown and wrong parameters are errors that name them") {
    Served served(engine_there);
    auto client = served.client();
    client.greet();
    client.request(2, "ps", {{"all", false}, {"privileged", true}});
    CHECK(client.receive_error().find("privileged") != std::string::npos);
    client.request(3, "stop", {{"names", "web"}, {"all", false}, {"seconds", 1}});
    CHECK(client.receive_error().find("names") != std::string::npos);
    client.request(4, "stop", {{"names", nlohmann::json::array()}, {"all", true}, {"seconds", -1}});
    CHECK(client.receive_error() == "seconds: allowed are 0 to 86400");
    client.request(5, "stop", {{"names", {"web"}}, {"all", false}, {"seconds", 1}});
    CHECK(client.receive_error() == "no sandbox is named web");
}

TEST_CASE("connection: what is no message is hung up on, and costs nobody else anything") {
    Served served(engine_there);
    auto other = served.client();
    other.greet();
    const std::string deep(100, '[');
    for (const std::string& line :
         {std::string("not json"), std::string("[]"), std::string("{\"a\":1,\"a\":2}"), "{\"x\":" + deep,
          std::string("\xff\xfe"), std::string(R"({"jsonrpc":"2.0","id":1,"result":{}})"),
          std::string(R"({"jsonrpc":"2.0","id":1,"method":"hello","params":{},"fds":3})")}) {
        CAPTURE(line);
        auto client = served.client();
        client.send(line + "\n");
        CHECK(client.receive().is_null());
    }
    other.request(2, "ps", {{"all", false}});
    CHECK(other.receive()["id"] == 2);
}

TEST_CASE("connection: a line beyond 1 MiB is hung up on before it ends") {
    Served served(engine_there);
    auto client = served.client();
    client.greet();
    const std::string piece(65536, 'x');
    bool taken = true;
    for (int i = 0; i < 1000 && taken; ++i) taken = client.send(piece);
    CHECK_FALSE(taken);
}

TEST_CASE("connection: more calls at once than allowed are refused, the others answered") {
    std::promise<void> release;
    const auto released = release.get_future().share();
    Served served([released](const FakeRequest& request, FakeExchange& exchange) {
        released.wait();
        engine_there(request, exchange);
    });
    std::filesystem::create_directories(served.folder() / "web");
    std::ofstream(served.folder() / "web/isag.yaml") << "project: .:/workspace/project:rw\n";
    auto client = served.client();
    client.greet();
    const nlohmann::json request{{"config", source(served.folder() / "web/isag.yaml")},
                                 {"image", {{"rebuild", false}, {"no_cache", false}, {"pull", false}}}};
    for (int id = 2; id < 2 + 17; ++id) client.request(id, "build", request);
    const auto refused = client.receive();
    CHECK(refused["id"] == 18);
    CHECK(refused["error"]["message"] == "too many requests at once");
    client.close();  // the sixteen are cancelled
    release.set_value();
    served.stop();
}

TEST_CASE("connection: a client that never reads is dropped, and costs nobody else anything") {
    Served served(engine_there);
    auto deaf = served.client();
    deaf.greet();
    const std::string request =
        R"({"jsonrpc":"2.0","id":2,"method":")" + std::string(10'000, 'x') + "\",\"params\":{}}\n";
    bool taken = true;
    int sent = 0;
    for (; sent < 100'000 && taken; ++sent) taken = deaf.send(request);
    CHECK_FALSE(taken);  // cut off after its limit of unread answers
    auto other = served.client();
    other.greet();
    other.request(2, "ps", {{"all", false}});
    CHECK(other.receive()["id"] == 2);
}

TEST_CASE("connection: a client that leaves in the middle of a call, and one of a line, are forgotten") {
    Served served(engine_there);
    for (int i = 0; i < 20; ++i) {
        auto client = served.client();
        client.greet();
        client.request(2, "ps", {{"all", false}});
        client.send("{\"half\":");
        client.close();
    }
    auto other = served.client();
    other.greet();
    other.request(2, "ps", {{"all", false}});
    CHECK(other.receive()["id"] == 2);
}

TEST_CASE("connection: the daemon ends although clients wait for an engine that does not answer") {
    std::promise<void> asked;
    Served served([&, first = true](const FakeRequest&, FakeExchange& exchange) mutable {
        if (std::exchange(first, false)) asked.set_value();
        exchange.wait_closed();
    });
    auto client = served.client();
    client.greet();
    client.request(
        2, "config.template",
        {{"environment", nlohmann::json::object()}, {"extended", false}, {"gpu", false}, {"vendor", "claude"}});
    asked.get_future().wait();
    served.stop();
    CHECK(client.receive().is_null());
}
