// SPDX-License-Identifier: Apache-2.0
#include "client/publish_option.hpp"
#include "client/ports_table.hpp"
#include <doctest/doctest.h>

using namespace isag;

namespace {

// "HOST HOSTPORT PORT"
std::string published_by(const std::string& text) {
    const auto forward = parse_publish(text);
    if (!forward) return forward.error().message;
    CHECK(forward->kind == "local");
    CHECK(forward->to.host.empty());
    return forward->listen.host + " " + std::to_string(forward->listen.port) + " " + std::to_string(forward->to.port);
}

proto::Forward forward_of(const std::string& kind, proto::Endpoint listen, proto::Endpoint to) {
    return {kind, std::move(listen), std::move(to)};
}

}  // namespace

TEST_CASE("-p: the host's side stands first, and is loopback where no address is named") {
    CHECK(published_by("8888") == " 8888 8888");
    CHECK(published_by("8080:80") == " 8080 80");
    CHECK(published_by("0:80") == " 0 80");
    CHECK(published_by("127.0.0.1:8080:80") == "127.0.0.1 8080 80");
    CHECK(published_by("[::1]:8080:80") == "::1 8080 80");
    CHECK(published_by("*:8080:80") == "* 8080 80");
}

TEST_CASE("-p: what is no port is an error that shows how it is written") {
    for (const char* text :
         {"", "0", "web", "80:", ":80", "80:0", "80:web", "-1", "+1", "65536", "80:65536", "::1:80:80", "[::1:80:80",
          "[]:80:80", "[127.0.0.1]:80:80", ":80:80", "80 :80", "80:80:80:80"}) {
        CAPTURE(text);
        CHECK(published_by(text) == "'-p " + std::string(text) + "' names no ports");
    }
}

TEST_CASE("ports: each listener with what leads to it, and each forward that leads elsewhere") {
    proto::Ports ports;
    ports.name = "web";
    ports.listeners = {{"127.0.0.1", 8080, "python3"}, {"::", 9000, "node"}, {"127.0.0.1", 22, ""}};
    ports.published = {forward_of("local", {"", 80, ""}, {"", 8080, ""}),
                       forward_of("local", {"", 81, ""}, {"", 8081, ""})};
    ports.waiting = {ports.published[0]};
    ports.forwards = {forward_of("local", {"::1", 9001, ""}, {"localhost", 9000, ""}),
                      forward_of("remote", {"", 5037, ""}, {"", 5037, ""}), forward_of("dynamic", {"", 1080, ""}, {}),
                      forward_of("local", {"", 0, "/tmp/a.sock"}, {"db", 5432, ""})};
    CHECK(ports_table({ports}) ==
          "SANDBOX  LISTENS                          PROGRAM   FORWARDED\n"
          "web      127.0.0.1:8080                   python3   from localhost:80 (run -p, once another program frees "
          "it)\n"
          "web      [::]:9000                        node      from [::1]:9001 (isag ssh)\n"
          "web      127.0.0.1:22                               \n"
          "web      localhost:8081 (nobody listens)            from localhost:81 (run -p)\n"
          "web      localhost:5037                   isag ssh  to this machine's localhost:5037\n"
          "web                                                 from localhost:1080 (isag ssh) to wherever it is asked "
          "to, by SOCKS\n"
          "web      db:5432                                    from /tmp/a.sock (isag ssh)\n");
}
