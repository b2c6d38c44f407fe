// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/connector.hpp"
#include "tests/daemon/gate/running_gate.hpp"
#include "tests/support/temp_folder.hpp"
#include <fstream>

using namespace isag;
using namespace isag::test;

namespace {

// A connector of mode open, with a resolv.conf of the test's.
struct OpenGate {
    RunningGate gate{{}};
    TempFolder folder;
    std::filesystem::path resolv_conf = folder.path() / "resolv.conf";
    gate::Connector connector{gate.shared(), gate.resolver(), gate::Mode::open, resolv_conf};

    OpenGate() {
        gate.inside([&] { gate.shared().mark = 0; });
    }
    void nameserver(const std::string& address) const { std::ofstream(resolv_conf) << "nameserver " + address + "\n"; }
    // "" and the socket, or what was thrown.
    std::string connect(const std::string& host, std::uint16_t port, UniqueFd& out) {
        try {
            auto task = connector.connect({host, port});
            out = boost::asio::co_spawn(gate.context(), std::move(task), boost::asio::use_future).get();
            return {};
        } catch (const Error& error) {
            CHECK(error.kind() == ErrorKind::not_found);
            return error.message();
        }
    }
};

}  // namespace

TEST_CASE("connector: without rules a name is looked up by the nameservers of resolv.conf, as they are now") {
    FakeResolver everything(everything_there());
    OpenGate open;
    const UniqueFd listener = World::get().listen_there(9021);
    UniqueFd socket;
    CHECK(open.connect("web.example", 9021, socket).find("web.example:9021: ") == 0);  // there is no resolv.conf
    open.nameserver("198.51.100.1");
    CHECK(open.connect("web.example", 9021, socket).find("resolver 198.51.100.1") != std::string::npos);
    open.nameserver(everything.address());
    REQUIRE(open.connect("web.example", 9021, socket) == "");
    say(accept_one(listener), "hello");
    REQUIRE(readable(socket, 5000));
    CHECK(hear(socket, 5) == "hello");
    CHECK(open.connect("web.example", 9022, socket) == "web.example:9022: cannot connect: Connection refused");
}

TEST_CASE("connector: what is no name, no address and no port is refused") {
    OpenGate open;
    UniqueFd socket;
    CHECK(open.connect("a b", 1, socket).find("has a byte that no host name has") != std::string::npos);
    CHECK(open.connect("1.2.3", 1, socket).find("is an address, not a name") != std::string::npos);
    auto task = open.connector.connect({"localhost", 70000});
    CHECK_THROWS_WITH(boost::asio::co_spawn(open.gate.context(), std::move(task), boost::asio::use_future).get(),
                      "a port is between 1 and 65535");
}
