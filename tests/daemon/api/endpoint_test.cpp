// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/endpoint.hpp"
#include "common/unique_fd.hpp"
#include "tests/daemon/api/served.hpp"
#include "tests/support/temp_folder.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/un.h>

using namespace isag;
using namespace isag::api;
using namespace isag::test;
namespace fs = std::filesystem;

namespace {

std::string endpoint_problem(const proto::Endpoint& end, EndUse use) {
    try {
        check_endpoint(end, use);
        return {};
    } catch (const Error& error) {
        CHECK(error.kind() == ErrorKind::usage);
        return error.message();
    }
}

// A socket file.
void make_socket(const fs::path& path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, path.c_str(), sizeof address.sun_path - 1);
    const UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
}

nlohmann::json no_sandbox() {
    return {{"name", "nosuch"}, {"config", {{"path", ""}, {"environment", nlohmann::json::object()}}}};
}
nlohmann::json json_end(const std::string& host, int port, const std::string& path = {}) {
    return {{"host", host}, {"port", port}, {"path", path}};
}

}  // namespace

TEST_CASE("an end is a port of a host or the path of a socket, and nothing else") {
    CHECK(endpoint_problem({"", 80, ""}, EndUse::connect) == "");
    CHECK(endpoint_problem({"", 0, ""}, EndUse::listen) == "");
    CHECK(endpoint_problem({"", 0, "/run/x.sock"}, EndUse::connect) == "");
    CHECK(endpoint_problem({"", 0, ""}, EndUse::connect) == "0 is no port: allowed are 1 to 65535");
    CHECK(endpoint_problem({"", 65536, ""}, EndUse::listen) == "65536 is no port: allowed are 0 to 65535");
    CHECK(endpoint_problem({"", -1, ""}, EndUse::listen) != "");
    CHECK(endpoint_problem({"a", 0, "/x"}, EndUse::listen) != "");
    CHECK(endpoint_problem({"", 1, "/x"}, EndUse::listen) != "");
    CHECK(endpoint_problem({"", 0, "x.sock"}, EndUse::listen) == "'x.sock' is not the absolute path of a socket");
    CHECK(endpoint_problem({"", 0, "/a\nb"}, EndUse::listen) != "");
    CHECK(endpoint_problem({"", 0, "/" + std::string(107, 'x')}, EndUse::listen) != "");
    CHECK(endpoint_problem({"a\nb", 80, ""}, EndUse::connect) == "'a\\nb' is no host");
    CHECK(endpoint_problem({std::string(256, 'x'), 80, ""}, EndUse::connect) != "");
}

TEST_CASE("no forward leads to an engine's socket or isagd's own, whatever path names them") {
    const TempFolder folder;
    const fs::path engine = folder / "engine.sock";
    const fs::path other = folder / "adb.sock";
    const fs::path runtime = folder / "run";
    fs::create_directories(runtime / "sandboxes/x/gate");
    make_socket(engine);
    make_socket(other);
    make_socket(runtime / "isagd.sock");
    fs::create_symlink(engine, folder / "link");
    fs::create_hard_link(engine, folder / "hard");
    fs::create_directory_symlink(folder.path(), folder / "around");
    const auto refuses = [&](const fs::path& path) {
        return refuse_end({"", 0, path.string()}, {engine}, runtime).has_value();
    };
    for (const char* name :
         {"engine.sock", "link", "hard", "around/engine.sock", "run/../engine.sock", "run/isagd.sock",
          "run/sandboxes/x/gate/gate.sock", "around/run/isagd.sock", "engine.sock/", "engine.sock//", "engine.sock/.",
          "engine.sock/x/..", "engine.sock/x/../", "link/", "hard/.", "run/isagd.sock/", "run/isagd.sock/x/.."})
        CHECK_MESSAGE(refuses(folder / name), name);
    fs::create_symlink(other, folder / "other");
    fs::permissions(folder.path(), fs::perms::all);  // so that not only root can have made it
    CHECK(refuses(folder / "other"));
    CHECK(refuses(folder / "around/adb.sock"));
    CHECK(!refuses(other));
    CHECK(!refuses(folder / "none.sock"));
    CHECK(!refuse_end({"", 5037, ""}, {engine}, runtime));
    const auto why = refuse_end({"", 0, engine.string()}, {engine}, runtime).value();
    CHECK(why.message.starts_with(engine.string() + " is a container engine's socket"));
}

TEST_CASE(
    "connect, sockets, listen, forwards, ssh and ports without such a sandbox say so, and nonsense is refused first") {
    const Served served(engine_there);
    auto client = served.client();
    client.greet();
    int id = 1;
    const auto refusal = [&](const std::string& method, const nlohmann::json& params) {
        client.request(++id, method, params);
        return client.receive_error();
    };
    const std::string none = "no sandbox is named nosuch";
    CHECK(refusal("connect", {{"target", no_sandbox()}, {"to", json_end("", 80)}}) == none);
    CHECK(refusal("sockets", {{"target", no_sandbox()}, {"count", 8}}) == none);
    CHECK(refusal("sockets", {{"target", no_sandbox()}, {"count", 9}}) == "between 1 and 8 sockets");
    CHECK(refusal("listen", {{"target", no_sandbox()}, {"at", json_end("", 0)}, {"to", json_end("", 80)}}) == none);
    CHECK(refusal("forwards", {{"target", no_sandbox()}, {"forwards", nlohmann::json::array()}}) == none);
    CHECK(refusal("ssh", {{"target", no_sandbox()}}) == none);
    CHECK(refusal("ports", {{"name", "nosuch"}}) == none);
    CHECK(refusal("connect", {{"target", no_sandbox()}, {"to", json_end("", 0)}}).find("is no port") !=
          std::string::npos);
    const nlohmann::json odd{{"kind", "sideways"}, {"listen", json_end("", 0)}, {"to", json_end("", 80)}};
    CHECK(refusal("forwards", {{"target", no_sandbox()}, {"forwards", {odd}}}) ==
          "a forward is local, remote or dynamic");
    client.request(++id, "ports");
    CHECK(client.receive()["result"]["sandboxes"].empty());
}
