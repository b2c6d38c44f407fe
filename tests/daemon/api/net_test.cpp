// SPDX-License-Identifier: Apache-2.0
#include "common/file.hpp"
#include "daemon/api/config_edit.hpp"
#include "daemon/api/target.hpp"
#include "tests/daemon/api/served.hpp"
#include <doctest/doctest.h>
#include <fstream>
#include <sys/stat.h>

using namespace isag;
using namespace isag::test;
namespace fs = std::filesystem;

namespace {

// No sandbox runs: what the file alone answers.
struct Place : Served {
    Place() : Served(engine_there) { fs::create_directories(folder() / "web"); }
    std::string file() const { return (folder() / "web/isag.yaml").string(); }
    void write(const std::string& yaml) const { std::ofstream(file()) << yaml; }
    std::string text() const { return read_file(file()).value(); }
    nlohmann::json target() const {
        return {{"config", {{"path", file()}, {"environment", {{"HOME", (folder() / "home").string()}}}}}};
    }
    nlohmann::json ask(const std::string& method, const nlohmann::json& params) const {
        auto client = this->client();
        client.greet();
        client.request(2, method, params);
        return client.receive();
    }
    nlohmann::json change(const std::string& domain, bool allow, bool save) const {
        return ask("net.change", {{"target", target()}, {"allow", allow}, {"domain", domain}, {"save", save}});
    }
    nlohmann::json check(const std::string& host) const {
        return ask("net.check", {{"target", target()}, {"host", host}});
    }
};

std::string message(const nlohmann::json& answer) { return answer["error"]["message"].get<std::string>(); }

ino_t inode_of(const std::string& file) {
    struct stat status {};
    REQUIRE(::stat(file.c_str(), &status) == 0);
    return status.st_ino;
}

sandbox::Record record(const std::string& name, const std::string& config) {
    sandbox::Record out;
    out.name = name;
    out.config = config;
    return out;
}

}  // namespace

TEST_CASE("only_one_of: one, none, or an error that names them") {
    const std::vector<sandbox::Record> records{record("a", "/x/isag.yaml"), record("b", "/y/isag.yaml"),
                                               record("c", "/x/isag.yaml"), record("d", "/x/isag.yaml")};
    CHECK(api::only_one_of(records, "/y/isag.yaml") == std::size_t{1});
    CHECK_FALSE(api::only_one_of(records, "/z/isag.yaml").has_value());
    try {
        api::only_one_of(records, "/x/isag.yaml");
        FAIL("several are an error");
    } catch (const Error& error) {
        CHECK(error.message() == "several sandboxes of /x/isag.yaml are running: a, c, d");
        CHECK(error.kind() == ErrorKind::failed);
    }
}

TEST_CASE("net.show, net.log and net.change without a sandbox say how to start one") {
    const Place place;
    place.write("limit_network: {domains: []}\n");
    const std::string wanted = "no sandbox of " + place.file() + " is running";
    const auto show = place.ask("net.show", place.target());
    CHECK(message(show) == wanted);
    CHECK(
        show["error"]["data"]["hint"].get<std::string>().starts_with("'isag run -c " + place.file() + "' starts one"));
    CHECK(message(place.ask("net.log", {{"target", place.target()}, {"all", false}, {"follow", true}})) == wanted);
    CHECK(message(place.change("a.com", true, false)) == wanted);
    auto named = place.target();
    named["name"] = "web";
    CHECK(message(place.ask("net.show", named)) == "no sandbox is named web");
}

TEST_CASE("net.change --save without a sandbox edits the file in place, comments and all") {
    const Place place;
    place.write("limit_network:\n  domains:  # names\n    - a.com  # why\n");
    fs::permissions(place.file(), fs::perms(0640));
    const auto inode = inode_of(place.file());
    const auto added = place.change("*.B.com:443", true, true)["result"];
    CHECK(added["rule"] == "*.b.com:443");
    CHECK_FALSE(added.contains("sandbox"));
    CHECK(added["saved"]["changed"] == true);
    CHECK(place.text() == "limit_network:\n  domains:  # names\n    - a.com  # why\n    - \"*.b.com:443\"\n");
    CHECK(place.change("x.b.com:443", true, true)["result"]["saved"]["changed"] == false);
    CHECK(place.change("*.b.com:443", false, true)["result"]["saved"]["changed"] == true);
    CHECK(place.text() == "limit_network:\n  domains:  # names\n    - a.com  # why\n");
    CHECK(inode_of(place.file()) == inode);
    CHECK((fs::status(place.file()).permissions() & fs::perms::mask) == fs::perms(0640));
}

TEST_CASE("net.change: names are refused as they are in isag.yaml, with the reason") {
    const Place place;
    place.write("limit_network: {domains: []}\n");
    CHECK(message(place.change("*.co.uk", true, true)).find("public suffix co.uk") != std::string::npos);
    CHECK(message(place.change("1.2.3.4", true, true)).find("an IP address is no name") != std::string::npos);
    CHECK(message(place.change("https://a.com/x", true, true)).find("without https://") != std::string::npos);
    CHECK(message(place.change("a\x1b.com", true, true)).find('\x1b') == std::string::npos);
    const nlohmann::json both{
        {"target", place.target()}, {"allow", true}, {"domain", "a.com"}, {"save", true}, {"seconds", 60}};
    CHECK(message(place.ask("net.change", both)) == "a change that ends by itself is not written to the file");
    CHECK(place.text() == "limit_network: {domains: []}\n");
}

TEST_CASE("net.change --save: a file that can't be edited is left, and the answer says why") {
    const Place place;
    const auto problem = [&](const std::string& yaml, bool allow) {
        place.write(yaml);
        const auto saved = place.change("x.a.com", allow, true)["result"]["saved"];
        CHECK(saved["changed"] == false);
        CHECK(place.text() == yaml);
        return saved["problem"].get<std::string>();
    };
    CHECK(problem("limit_network: null\n", true).find("there is no firewall") != std::string::npos);
    CHECK(problem("limit_network: {domains: &a []}\n", true).find("does not edit") != std::string::npos);
    CHECK(problem("limit_network: {domains: ['*.a.com']}\n", false).find("the entry *.a.com of ") == 0);
    CHECK(problem("nosuch: 1\n", true).find("nosuch") != std::string::npos);
}

TEST_CASE("edit_config_file follows no link and leaves a file that changes meanwhile") {
    const TempFolder folder;
    const auto file = (folder.path() / "isag.yaml").string();
    std::ofstream(file) << "one\n";
    fs::create_symlink(file, folder.path() / "link.yaml");
    const auto through_link = api::edit_config_file((folder.path() / "link.yaml").string(),
                                                    [](auto) -> Result<std::string> { return std::string("two\n"); });
    CHECK(through_link.problem.has_value());
    CHECK(read_file(file).value() == "one\n");
    const auto raced = api::edit_config_file(file, [&](auto) -> Result<std::string> {
        std::ofstream(file, std::ios::app) << "more\n";
        return std::string("two\n");
    });
    CHECK(raced.problem == "it was changed just now");
    CHECK(read_file(file).value() == "one\nmore\n");
    CHECK(api::edit_config_file((folder.path() / "none.yaml").string(), [](auto text) -> Result<std::string> {
              return std::string(text);
          }).problem.has_value());
    CHECK(api::edit_config_file(folder.path().string(), [](auto text) -> Result<std::string> {
              return std::string(text);
          }).problem.has_value());
    const auto shorter = api::edit_config_file(file, [](auto) -> Result<std::string> { return std::string("2\n"); });
    CHECK(shorter.changed);
    CHECK(read_file(file).value() == "2\n");
}

TEST_CASE("net.check without a sandbox answers from the file") {
    const Place place;
    place.write("limit_network: {domains: ['*.example.com:443']}\n");
    const auto allowed = place.check("api.example.com")["result"];
    CHECK(allowed["verdict"]["allowed"] == true);
    CHECK(allowed["verdict"]["rule"] == "*.example.com:443");
    CHECK(allowed["port"] == 443);
    CHECK_FALSE(allowed.contains("sandbox"));
    CHECK(place.check("api.example.com:22")["result"]["verdict"]["allowed"] == false);
    CHECK(place.check("198.51.100.7")["result"]["verdict"]["why"] == "an address: only names are allowed");
    CHECK(place.check("*.example.com")["error"]["data"]["kind"] == "usage");
    place.write("limit_network: {domains: [a..b]}\n");
    CHECK(message(place.check("a.com")).find("limit_network.domains[0]") != std::string::npos);
}
