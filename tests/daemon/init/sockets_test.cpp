// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "proto/descriptor_kind.hpp"
#include "tests/daemon/init/fake_daemon.hpp"
#include <sys/stat.h>

using namespace isag;
using namespace isag::test;
namespace fs = std::filesystem;

namespace {

proto::init::Spawn serving(const std::string& script) {
    proto::init::Spawn request;
    request.argv = {"sh", "-c", script};
    return request;
}

UniqueFd socket_of(proto::Incoming reply) {
    REQUIRE_MESSAGE(reply.fds.size() == 1, (reply.message.failure ? reply.message.failure->message() : ""));
    return std::move(reply.fds[0]);
}

Error refusal_of(const proto::Incoming& reply) {
    REQUIRE(reply.message.failure);
    CHECK(reply.fds.empty());
    return *reply.message.failure;
}

}  // namespace

TEST_CASE("serve: a process has one stream socket for stdin and stdout, and ends like any other") {
    FakeDaemon daemon;
    daemon.start();
    auto reply = daemon.ask("serve", proto::to_json(serving("read line; echo \"got $line\"; echo lost >&2; exit 3")));
    const auto process = proto::from_json<proto::init::Spawned>(*reply.message.payload, "serve")->process;
    const auto socket = socket_of(std::move(reply));
    CHECK(proto::is_unix_stream(socket));
    write_text(socket, "this\n");
    CHECK(read_until(socket) == "got this\n");  // and no word of its stderr
    const auto ended = daemon.ended();
    CHECK(ended.process == process);
    CHECK(ended.code == 3);
}

TEST_CASE("serve: a process sees the end when the other end's last holder is gone") {
    FakeDaemon daemon;
    daemon.start();
    socket_of(daemon.ask("serve", proto::to_json(serving("cat >/dev/null; exit 4"))));
    CHECK(daemon.ended().code == 4);
}

TEST_CASE("serve: no terminal, no main process, and a program that is not there is told as such") {
    FakeDaemon daemon;
    daemon.start();
    auto request = serving("true");
    request.main = true;
    CHECK(refusal_of(daemon.ask("serve", proto::to_json(request))).kind() == ErrorKind::usage);
    request = serving("true");
    request.terminal.emplace();
    CHECK(refusal_of(daemon.ask("serve", proto::to_json(request))).kind() == ErrorKind::usage);
    request = serving("true");
    request.argv = {"/nosuch/sshd"};
    CHECK(refusal_of(daemon.ask("serve", proto::to_json(request))).kind() == ErrorKind::not_found);
}

TEST_CASE("environment: what a process would have, the image's variables under the main process's") {
    FakeDaemon daemon;
    daemon.start();
    const auto variables = [&] {
        const auto reply = daemon.ask("environment", nlohmann::json::object());
        return proto::from_json<proto::init::Variables>(*reply.message.payload, "environment")->environment;
    };
    CHECK(variables().at("FROM_THE_IMAGE") == "kept");
    proto::init::Spawn main;
    main.argv = {"sleep", "60"};
    main.environment = {{"TOKEN", "a \"b\"\nc"}, {"PATH", current_environment().at("PATH")}};
    main.main = true;
    daemon.spawn(main);
    CHECK(variables().at("FROM_THE_IMAGE") == "kept");
    CHECK(variables().at("TOKEN") == "a \"b\"\nc");
}

TEST_CASE("connect and listen: unix sockets inside, for the container's user alone") {
    FakeDaemon daemon;
    daemon.start();
    const TempFolder folder;
    const std::string path = folder / "x.sock";
    const auto listener = socket_of(daemon.ask("listen", {{"path", path}}));
    CHECK(proto::is_unix_listener(listener));
    struct stat info {};
    REQUIRE(::stat(path.c_str(), &info) == 0);
    CHECK((info.st_mode & 07777) == 0600);
    const auto near = socket_of(daemon.ask("connect", {{"path", path}}));
    CHECK(proto::is_unix_stream(near));
    wait_readable(listener.get());
    const UniqueFd far(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    write_text(near, "hello");
    CHECK(read_until(far, "hello") == "hello");
}

TEST_CASE("connect and listen: a path that is taken, missing, relative or too long is an error that names it") {
    FakeDaemon daemon;
    daemon.start();
    const TempFolder folder;
    const std::string path = folder / "x.sock";
    const auto ask = [&](const char* method, const std::string& at) {
        return refusal_of(daemon.ask(method, {{"path", at}}));
    };
    CHECK(ask("connect", path).kind() == ErrorKind::not_found);
    CHECK(ask("connect", path).message() == "cannot connect to " + path + ": No such file or directory");
    { const auto listener = socket_of(daemon.ask("listen", {{"path", path}})); }
    CHECK(ask("connect", path).message() == "cannot connect to " + path + ": Connection refused");
    const auto listener = socket_of(daemon.ask("listen", {{"path", path}}));  // who held it is gone
    CHECK(ask("listen", path).message() == path + " is there already");
    std::ofstream(folder / "file") << "kept";
    fs::create_symlink(path, folder / "link");
    CHECK(ask("listen", folder / "file").message() == (folder / "file").string() + " is there already");
    CHECK(ask("listen", folder / "link").message() == (folder / "link").string() + " is there already");
    CHECK(fs::file_size(folder / "file") == 4);
    CHECK(ask("listen", folder / "no/such").message().find("No such file or directory") != std::string::npos);
    CHECK(ask("listen", "x.sock").kind() == ErrorKind::usage);
    CHECK(ask("connect", "").kind() == ErrorKind::usage);
    CHECK(ask("connect", std::string("\0abstract", 9)).kind() == ErrorKind::usage);
    CHECK(ask("listen", "/" + std::string(107, 'x')).kind() == ErrorKind::usage);
}
