// SPDX-License-Identifier: Apache-2.0
#include "client/forward/forward_spec.hpp"
#include "client/forward/endpoint_text.hpp"
#include <doctest/doctest.h>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace isag::forward {
namespace {

using SpecParser = Result<proto::Forward> (*)(std::string_view);

// "HOST PORT" or a path, as the parser filled it in.
std::string raw(const proto::Endpoint& end) {
    return end.path.empty() ? end.host + " " + std::to_string(end.port) : end.path;
}

struct GoodSpec {
    const char* text;
    const char* listen;
    const char* to;
};

void check_good(SpecParser parse, const std::string& kind, const std::vector<GoodSpec>& rows) {
    for (const auto& row : rows) {
        CAPTURE(row.text);
        const auto forward = parse(row.text);
        REQUIRE(forward.has_value());
        CHECK(forward->kind == kind);
        CHECK(raw(forward->listen) == row.listen);
        CHECK(raw(forward->to) == row.to);
    }
}

}  // namespace

TEST_CASE("-L and -R take what ssh takes") {
    const std::string longest = "/" + std::string(106, 'x');
    const std::string long_both = longest + ":" + longest;
    const std::vector<GoodSpec> rows = {
        {"8080:localhost:3000", " 8080", "localhost 3000"},
        {"0:db.example:5432", " 0", "db.example 5432"},
        {"65535:a:65535", " 65535", "a 65535"},
        {"127.0.0.1:8080:localhost:3000", "127.0.0.1 8080", "localhost 3000"},
        {"localhost:8080:localhost:3000", " 8080", "localhost 3000"},
        {"*:8080:localhost:3000", "* 8080", "localhost 3000"},
        {":8080:localhost:3000", "* 8080", "localhost 3000"},
        {"[::1]:8080:[2001:db8::1]:3000", "::1 8080", "2001:db8::1 3000"},
        {"8080:[::1]:3000", " 8080", "::1 3000"},
        {"8080:/run/x.sock", " 8080", "/run/x.sock"},
        {"[::]:8080:/run/x.sock", ":: 8080", "/run/x.sock"},
        {"*:8080:/run/x.sock", "* 8080", "/run/x.sock"},
        {"/run/x.sock:localhost:3000", "/run/x.sock", "localhost 3000"},
        {"/run/x.sock:[::1]:3000", "/run/x.sock", "::1 3000"},
        {"/run/x.sock:/run/y.sock", "/run/x.sock", "/run/y.sock"},
        {"/run/a\\:b:/run/c\\\\d", "/run/a:b", "/run/c\\d"},
        {long_both.c_str(), longest.c_str(), longest.c_str()},
    };
    check_good(parse_local, "local", rows);
    check_good(parse_remote, "remote", rows);
}

TEST_CASE("-D takes a port and where to bind it") {
    check_good(parse_dynamic, "dynamic",
               {{"1080", " 1080", " 0"},
                {"0", " 0", " 0"},
                {"localhost:1080", " 1080", " 0"},
                {"*:1080", "* 1080", " 0"},
                {":1080", "* 1080", " 0"},
                {"[::1]:1080", "::1 1080", " 0"}});
}

TEST_CASE("what is no forward is refused, and the error says which option and what it takes") {
    const std::string bad_specs = R"(
: :: ::: 8080 8080: 8080:localhost 8080:localhost: 8080:localhost:0 8080:localhost:65536 65536:localhost:80
-1:localhost:80 +1:localhost:80 http:localhost:80 8080::80 8080:a/b:80 a:b:8080:localhost:80 ::1:8080:localhost:80
8080:::1:80 [::1:8080:localhost:80 [::1]8080:localhost:80 [8080]:localhost:80 8080:localhost:[80]
/run/x.sock /run/x.sock: /run/x.sock:80 127.0.0.1:/run/x.sock:localhost:80 /a:/b:/c /a:8080:localhost:80
[/run]:localhost:80 8080:[/x])";
    std::vector<std::string> rows{"",
                                  " 8080:localhost:80",
                                  "8080 :localhost:80",
                                  "8080:local host:80",
                                  "8080:local\thost:80",
                                  "8080:/" + std::string(107, 'x'),
                                  "8080:" + std::string(256, 'x') + ":80"};
    std::istringstream words(bad_specs);
    for (std::string word; words >> word;) rows.push_back(word);
    for (const auto& text : rows) {
        CAPTURE(text);
        const auto local = parse_local(text);
        REQUIRE(!local.has_value());
        CHECK(local.error().message.find("' is no value for -L: ") != std::string::npos);
        CHECK(local.error().hint.starts_with("-L takes [BIND:]PORT:HOST:HOSTPORT, "));
        const auto remote = parse_remote(text);
        REQUIRE(!remote.has_value());
        CHECK(remote.error().message.find("' is no value for -R: ") != std::string::npos);
        CHECK(remote.error().hint.starts_with("-R takes [BIND:]PORT:HOST:HOSTPORT, "));
    }
    for (const char* text : {"", ":", "x", "-1", "65536", "a:b:1080", "/run/x.sock", "[::1]", "::1:1080", "a b:1080"}) {
        CAPTURE(text);
        const auto dynamic = parse_dynamic(text);
        REQUIRE(!dynamic.has_value());
        CHECK(dynamic.error().message.find("' is no value for -D: ") != std::string::npos);
        CHECK(dynamic.error().hint.starts_with("-D takes [BIND:]PORT"));
    }
}

TEST_CASE("-R with a port alone would open the host's network to the sandbox, and is refused for that") {
    for (const char* text : {"1080", "localhost:1080", "*:1080", "[::1]:1080"}) {
        const auto forward = parse_remote(text);
        REQUIRE(!forward.has_value());
        CHECK(forward.error().message.ends_with(
            "the sandbox would reach whatever this machine reaches; name the target"));
    }
}

TEST_CASE("a target that is a relative path or a host without a port is told so, and what to write instead") {
    const std::string no_target = "' is no target: a host needs a :PORT behind it, and a socket its absolute path";
    const std::string relative = "' is a relative path: give the absolute one";
    const std::vector<std::pair<std::string, std::string>> rows = {
        {"8080:app.sock", ": 'app.sock" + no_target},
        {"8080:localhost", ": 'localhost" + no_target},
        {"/run/x.sock:localhost", ": 'localhost" + no_target},
        {"8080:./app.sock", ": './app.sock" + relative},
        {"8080:~/app.sock", ": '~/app.sock" + relative},
        {"./app.sock:localhost:80", ": './app.sock" + relative},
        {"127.0.0.1:8080:run/app.sock", ": 'run/app.sock" + relative},
        {"app.sock", ": it names no target to lead to"},
        {"8080:", ": it names no target to lead to"},
        {"/run/x.sock", ": it names no target to lead to"},
    };
    for (const auto& [text, why] : rows) {
        CAPTURE(text);
        CHECK(parse_remote(text).error().message == "'" + text + "' is no value for -R" + why);
        CHECK(parse_local(text).error().message == "'" + text + "' is no value for -L" + why);
    }
}

TEST_CASE("control characters of a bad value don't reach the terminal") {
    CHECK(parse_local("80\x1b[2J:a:b").error().message.find('\x1b') == std::string::npos);
    CHECK(endpoint_text({"a\x1b", 80, ""}).find('\x1b') == std::string::npos);
}

TEST_CASE("an endpoint is written as a person writes it") {
    CHECK(endpoint_text({"", 80, ""}) == "localhost:80");
    CHECK(endpoint_text({"::1", 80, ""}) == "[::1]:80");
    CHECK(endpoint_text({"*", 0, ""}) == "*:0");
    CHECK(endpoint_text({"", 0, "/run/x.sock"}) == "/run/x.sock");
    CHECK(forward_text({"local", {"", 1, ""}, {"a", 2, ""}}, "web") == "localhost:1 to a:2 in web");
    CHECK(forward_text({"remote", {"", 1, ""}, {"a", 2, ""}}, "web") == "localhost:1 in web to a:2 here");
}

}  // namespace isag::forward
