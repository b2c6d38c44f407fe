// SPDX-License-Identifier: Apache-2.0
#include "daemon/config/edit_domains.hpp"
#include "daemon/config/domain.hpp"
#include "tests/daemon/config/support.hpp"
#include <doctest/doctest.h>

namespace isag::config {
namespace {

// One edit of a file, before and after; an empty `after` is a refusal.
struct Edit {
    const char* what;
    const char* rule;
    std::string before;
    std::string after;
};

DomainRule rule(const char* text) { return parse_domain(text).value(); }

std::string outcome(const Result<std::string>& result) {
    return result ? *result : "refused: " + result.error().message;
}

std::string add(const std::string& text, const char* domain) {
    return outcome(add_domains(text, {rule(domain)}, test_file, test_environment()));
}

std::string remove(const std::string& text, const char* domain) {
    return outcome(remove_domain(text, rule(domain), test_file, test_environment()));
}

const std::string defaults =
    "    - github.com\n    - api.github.com\n    - raw.githubusercontent.com\n    - objects.githubusercontent.com\n"
    "    - codeload.github.com\n    - pypi.org\n    - files.pythonhosted.org\n    - registry.npmjs.org\n";

const std::vector<Edit> additions{
    {"a block list", "b.com", "limit_network:\n  domains:\n    - a.com\n",
     "limit_network:\n  domains:\n    - a.com\n    - b.com\n"},
    {"a block list at its key's column", "b.com", "limit_network:\n  domains:\n  - a.com\n",
     "limit_network:\n  domains:\n  - a.com\n  - b.com\n"},
    {"a block list in the middle of the file", "b.com", "limit_network:\n  domains:\n    - a.com\n\nenv:\n  A: b\n",
     "limit_network:\n  domains:\n    - a.com\n    - b.com\n\nenv:\n  A: b\n"},
    {"comments between and behind", "b.com",
     "limit_network:\n  domains:  # names\n    # ours\n    - a.com  # why\n    # the end\n  dns: [1.1.1.1]  # two\n",
     "limit_network:\n  domains:  # names\n    # ours\n    - a.com  # why\n    - b.com\n    # the end\n  dns: "
     "[1.1.1.1]  # two\n"},
    {"no newline at the end", "b.com", "limit_network:\n  domains:\n    - a.com",
     "limit_network:\n  domains:\n    - a.com\n    - b.com"},
    {"lines that end in CRLF", "b.com", "limit_network:\r\n  domains:\r\n    - a.com\r\nenv:\r\n  A: b\r\n",
     "limit_network:\r\n  domains:\r\n    - a.com\r\n    - b.com\r\nenv:\r\n  A: b\r\n"},
    {"CRLF and no newline at the end", "b.com", "limit_network:\r\n  domains:\r\n    - a.com",
     "limit_network:\r\n  domains:\r\n    - a.com\r\n    - b.com"},
    {"a wildcard gets quotes", "*.b.com", "limit_network:\n  domains:\n    - a.com\n",
     "limit_network:\n  domains:\n    - a.com\n    - \"*.b.com\"\n"},
    {"ports", "b.com:443,8443", "limit_network:\n  domains:\n    - a.com\n",
     "limit_network:\n  domains:\n    - a.com\n    - b.com:443,8443\n"},
    {"ports in a flow list get quotes", "b.com:443,8443", "limit_network: {domains: [a.com]}\n",
     "limit_network: {domains: [a.com, \"b.com:443,8443\"]}\n"},
    {"quoted entries", "b.com", "limit_network:\n  domains:\n    - \"a.com\"\n    - '*.c.com'\n",
     "limit_network:\n  domains:\n    - \"a.com\"\n    - '*.c.com'\n    - b.com\n"},
    {"a map as the last entry", "b.com",
     "limit_network:\n  domains:\n    - name: a.com\n      allow_private: true  # lan\n  dns: [1.1.1.1]\n",
     "limit_network:\n  domains:\n    - name: a.com\n      allow_private: true  # lan\n    - b.com\n  dns: "
     "[1.1.1.1]\n"},
    {"a flow map over two lines as the last entry", "b.com",
     "limit_network:\n  domains:\n    - {name: a.com,\n       allow_private: true}\n",
     "limit_network:\n  domains:\n    - {name: a.com,\n       allow_private: true}\n    - b.com\n"},
    {"a flow list", "b.com", "limit_network:\n  domains: [a.com, \"*.c.com\"]  # x\n",
     "limit_network:\n  domains: [a.com, \"*.c.com\", b.com]  # x\n"},
    {"a flow list with spaces inside", "b.com", "limit_network:\n  domains: [ a.com ]\n",
     "limit_network:\n  domains: [ a.com, b.com ]\n"},
    {"a flow list with a comma at its end", "b.com", "limit_network:\n  domains: [a.com,]\n",
     "limit_network:\n  domains: [a.com, b.com]\n"},
    {"a flow list over lines", "b.com", "limit_network:\n  domains: [\n    a.com,\n    c.com  # c\n  ]\n",
     "limit_network:\n  domains: [\n    a.com,\n    c.com,  # c\n    b.com\n  ]\n"},
    {"a flow list over lines, with a comma at its end", "b.com",
     "limit_network:\n  domains: [\n    a.com,  # [a, 'b\n    # c.com\n  ]\n",
     "limit_network:\n  domains: [\n    a.com,  # [a, 'b\n    b.com,\n    # c.com\n  ]\n"},
    {"a flow list that is wrapped", "b.com", "limit_network:\n  domains: [a.com,\n            c.com]\n",
     "limit_network:\n  domains: [a.com,\n            c.com, b.com]\n"},
    {"a flow list of maps", "b.com", "limit_network: {domains: [{name: a.com, allow_private: true}]}\n",
     "limit_network: {domains: [{name: a.com, allow_private: true}, b.com]}\n"},
    {"an empty list", "b.com", "limit_network:\n  domains: []  # none\n",
     "limit_network:\n  domains: [b.com]  # none\n"},
    {"an empty list with a space", "b.com", "limit_network:\n  domains: [ ]\n",
     "limit_network:\n  domains: [b.com ]\n"},
    {"no domains yet: the defaults stay", "b.com", "limit_network:  # on\n  # ours\n  dns: [1.1.1.1]\n",
     "limit_network:  # on\n  domains:\n" + defaults + "    - b.com\n  # ours\n  dns: [1.1.1.1]\n"},
    {"no domains, in flow", "b.com", "limit_network: {dns: [1.1.1.1]}\n",
     "limit_network: {domains: [github.com, api.github.com, raw.githubusercontent.com, objects.githubusercontent.com, "
     "codeload.github.com, pypi.org, files.pythonhosted.org, registry.npmjs.org, b.com], dns: [1.1.1.1]}\n"},
    {"no limit_network: the defaults stay", "b.com", "project: .:/w:rw\n",
     "project: .:/w:rw\nlimit_network:\n  domains:\n" + defaults + "    - b.com\n"},
    {"an empty file", "b.com", "", "limit_network:\n  domains:\n" + defaults + "    - b.com\n"},
    {"a file in flow", "b.com", "{limit_network: {domains: [a.com]}, env: {A: b}}\n",
     "{limit_network: {domains: [a.com, b.com]}, env: {A: b}}\n"},
    {"it is there already", "A.com.", "limit_network:\n  domains:\n    - a.com\n",
     "limit_network:\n  domains:\n    - a.com\n"},
    {"a wildcard covers it already", "x.a.com:443", "limit_network:\n  domains: [\"*.a.com\"]\n",
     "limit_network:\n  domains: [\"*.a.com\"]\n"},
    {"a wildcard does not cover its own name", "a.com", "limit_network:\n  domains: [\"*.a.com\"]\n",
     "limit_network:\n  domains: [\"*.a.com\", a.com]\n"},
    {"another port is another entry", "a.com:22", "limit_network:\n  domains: [a.com:443]\n",
     "limit_network:\n  domains: [a.com:443, a.com:22]\n"},
    {"keys in quotes", "b.com", "\"limit_network\":\n  'domains':\n    - a.com\n",
     "\"limit_network\":\n  'domains':\n    - a.com\n    - b.com\n"},
    {"dashes on lines of their own", "b.com", "limit_network:\n  domains:\n    -\n      a.com\n",
     "limit_network:\n  domains:\n    -\n      a.com\n    - b.com\n"},
    {"text of several bytes before it", "b.com", "{env: {A: \"ö # [\"}, limit_network: {domains: [a.com]}}  # ü\n",
     "{env: {A: \"ö # [\"}, limit_network: {domains: [a.com, b.com]}}  # ü\n"},
    {"a document's marks", "b.com", "---\nlimit_network:\n  domains:\n    - a.com\n...\n",
     "---\nlimit_network:\n  domains:\n    - a.com\n    - b.com\n...\n"},
    {"an anchor", "b.com", "limit_network:\n  domains: &all [a.com]\n", ""},
    {"an alias", "b.com", "exclude:\n  globs: &all [a.com]\nlimit_network:\n  domains: *all\n", ""},
    {"an alias as the last entry", "b.com", "env: {A: &a a.com}\nlimit_network:\n  domains:\n    - c.com\n    - *a\n",
     ""},
    {"a tag", "b.com", "limit_network:\n  domains: !!seq [a.com]\n", ""},
    {"no firewall", "b.com", "limit_network: null\n", ""},
    {"no firewall, by an empty value", "b.com", "limit_network:\nenv:\n  A: b\n", ""},
    {"a file with errors", "b.com", "limit_network:\n  domains: [a..com]\n", ""},
    {"not YAML", "b.com", "limit_network: [\n", ""},
    {"a document's end before it", "b.com", "project: .:/w:rw\n...\n", ""},
};

const std::vector<Edit> removals{
    {"of a block list", "a.com", "limit_network:\n  domains:\n    # ours\n    - a.com  # why\n    - b.com\n",
     "limit_network:\n  domains:\n    # ours\n    - b.com\n"},
    {"the last one of a block list", "b.com", "limit_network:\n  domains:\n    - a.com\n    - b.com\nenv:\n  A: b\n",
     "limit_network:\n  domains:\n    - a.com\nenv:\n  A: b\n"},
    {"the only one of a block list", "a.com",
     "limit_network:\n  domains:  # names\n    - a.com\n    # end\n  dns: [1.1.1.1]\n",
     "limit_network:\n  domains: []  # names\n    # end\n  dns: [1.1.1.1]\n"},
    {"with CRLF", "a.com", "limit_network:\r\n  domains:\r\n  - a.com\r\n  - b.com\r\n",
     "limit_network:\r\n  domains:\r\n  - b.com\r\n"},
    {"without a newline at the end", "b.com", "limit_network:\n  domains:\n  - a.com\n  - b.com",
     "limit_network:\n  domains:\n  - a.com\n"},
    {"a map", "a.com", "limit_network:\n  domains:\n    - name: a.com\n      allow_private: true\n    - b.com\n",
     "limit_network:\n  domains:\n    - b.com\n"},
    {"a dash on a line of its own", "a.com", "limit_network:\n  domains:\n    -\n      a.com\n    - b.com\n",
     "limit_network:\n  domains:\n    - b.com\n"},
    {"a wildcard in quotes", "*.a.com", "limit_network:\n  domains:\n    - '*.a.com'\n    - b.com\n",
     "limit_network:\n  domains:\n    - b.com\n"},
    {"the first one of a flow list", "a.com", "limit_network: {domains: [a.com, b.com]}\n",
     "limit_network: {domains: [b.com]}\n"},
    {"one in the middle of a flow list", "b.com", "limit_network: {domains: [a.com, \"b.com\", c.com]}\n",
     "limit_network: {domains: [a.com, c.com]}\n"},
    {"the last one of a flow list", "b.com", "limit_network: {domains: [a.com, b.com]}\n",
     "limit_network: {domains: [a.com]}\n"},
    {"the only one of a flow list", "b.com", "limit_network: {domains: [b.com]}\n", "limit_network: {domains: []}\n"},
    {"the only one, with a comma", "b.com", "limit_network: {domains: [b.com,]}\n", "limit_network: {domains: []}\n"},
    {"a line of a flow list", "a.com", "limit_network:\n  domains: [\n    a.com,  # a\n    b.com\n  ]\n",
     "limit_network:\n  domains: [\n    b.com\n  ]\n"},
    {"the last line of a flow list", "b.com", "limit_network:\n  domains: [\n    a.com,  # a\n    b.com\n  ]\n",
     "limit_network:\n  domains: [\n    a.com,  # a\n  ]\n"},
    {"the last of a wrapped flow list", "c.com", "limit_network:\n  domains: [a.com,\n            c.com]\n",
     "limit_network:\n  domains: [a.com,\n            ]\n"},
    {"every port of a name", "a.com", "limit_network:\n  domains: [a.com:443, b.com, a.com:22]\n",
     "limit_network:\n  domains: [b.com]\n"},
    {"one of the defaults", "pypi.org", "limit_network:\n  dns: [1.1.1.1]\n",
     "limit_network:\n  domains:\n    - github.com\n    - api.github.com\n    - raw.githubusercontent.com\n    - "
     "objects.githubusercontent.com\n"
     "    - codeload.github.com\n    - files.pythonhosted.org\n    - registry.npmjs.org\n  dns: [1.1.1.1]\n"},
    {"what is not there", "x.com", "limit_network:\n  domains: [a.com]\n", "limit_network:\n  domains: [a.com]\n"},
    {"what a wildcard still allows", "x.a.com", "limit_network:\n  domains: [\"*.a.com\", x.a.com]\n", ""},
    {"what an entry of more ports still allows", "a.com:443", "limit_network:\n  domains: [a.com]\n", ""},
    {"a wildcard with a name below it", "*.a.com", "limit_network:\n  domains: [\"*.a.com\", x.a.com]\n", ""},
    {"an anchor", "a.com", "limit_network:\n  domains: &all [a.com]\n", ""},
    {"no firewall", "a.com", "limit_network: null\n", ""},
    {"one of the vendor's own names", "*.anthropic.com", "limit_network: {domains: ['*.anthropic.com']}\n", ""},
    {"another vendor's", "api.openai.com", "limit_network: {domains: [api.openai.com]}\n",
     "limit_network: {domains: []}\n"},
};

}  // namespace

TEST_CASE("add_domains changes what it has to and no other byte") {
    for (const auto& [what, domain, before, after] : additions) {
        CAPTURE(std::string(what));
        if (after.empty())
            CHECK(add(before, domain).starts_with("refused: "));
        else
            CHECK(add(before, domain) == after);
    }
}

TEST_CASE("remove_domain changes what it has to and no other byte") {
    for (const auto& [what, domain, before, after] : removals) {
        CAPTURE(std::string(what));
        if (after.empty())
            CHECK(remove(before, domain).starts_with("refused: "));
        else
            CHECK(remove(before, domain) == after);
    }
}

TEST_CASE("add_domains takes several at once, each one time") {
    const std::string before = "limit_network:\n  domains:\n    - a.com\n";
    const auto after =
        add_domains(before, {rule("b.com"), rule("c.com:22"), rule("b.com:443")}, test_file, test_environment());
    CHECK(outcome(after) == before + "    - b.com\n    - c.com:22\n");
    const auto flow = add_domains("limit_network:\n  domains: [\n    a.com\n  ]\n", {rule("b.com"), rule("c.com")},
                                  test_file, test_environment());
    CHECK(outcome(flow) == "limit_network:\n  domains: [\n    a.com,\n    b.com,\n    c.com\n  ]\n");
}

TEST_CASE("an addition that is removed again leaves the file as it was") {
    for (const auto& [what, domain, before, after] : additions) {
        if (after.empty() || after == before || before.find("domains") == std::string::npos) continue;
        if (before.find(",]") != std::string::npos || before.find("[ ]") != std::string::npos) continue;
        CAPTURE(std::string(what));
        const bool no_newline = !before.ends_with('\n');
        std::string back = remove(after, domain);
        if (no_newline) back = back.substr(0, before.size());
        if (before.find("c.com  # c") == std::string::npos)
            CHECK_MESSAGE(back == before, back);
        else
            CHECK(read(back).config == read(before).config);
    }
}

TEST_CASE("a file that is cut off anywhere is edited right or refused") {
    const std::string whole =
        "limit_network:\r\n  domains: [ # x\n   'a.com', {name: c.com, allow_private: true},\n   \"*.d.com\" ]\nenv: "
        "{A: b}\n";
    for (std::size_t size = 0; size <= whole.size(); ++size) {
        const std::string text = whole.substr(0, size);
        const auto after = add_domains(text, {rule("b.com")}, test_file, test_environment());
        if (!after) continue;
        auto wanted = read(text).config;
        wanted.limit_network->domains.push_back(rule("b.com"));
        CHECK(read(*after).config == wanted);
    }
}

TEST_CASE("a refusal says what stands in the way and what to do") {
    const auto wider =
        remove_domain("limit_network:\n  domains: [\"*.a.com\"]\n", rule("x.a.com"), test_file, test_environment());
    REQUIRE(wider.has_error());
    CHECK(wider.error().message == "the entry *.a.com of /srv/demo/isag.yaml still allows x.a.com");
    CHECK(wider.error().hint == "remove that one: isag net deny '*.a.com' --save");
    const auto anchor =
        add_domains("limit_network:\n  domains: &a [a.com]\n", {rule("b.com")}, test_file, test_environment());
    REQUIRE(anchor.has_error());
    CHECK(anchor.error().message ==
          "limit_network.domains of /srv/demo/isag.yaml is written in a way that isag does not edit");
    CHECK(anchor.error().hint == "add b.com by hand");
    const auto off = add_domains("limit_network: null\n", {rule("b.com")}, test_file, test_environment());
    REQUIRE(off.has_error());
    CHECK(off.error().message ==
          "limit_network is null in /srv/demo/isag.yaml: there is no firewall to write rules for");
}

TEST_CASE("covers and overlap: names, wildcards, ports") {
    CHECK(covers(rule("a.com"), rule("a.com:443")));
    CHECK_FALSE(covers(rule("a.com:443"), rule("a.com")));
    CHECK(covers(rule("*.a.com"), rule("x.y.a.com")));
    CHECK(covers(rule("*.a.com"), rule("*.b.a.com")));
    CHECK_FALSE(covers(rule("*.a.com"), rule("a.com")));
    CHECK_FALSE(covers(rule("*.a.com"), rule("xa.com")));
    CHECK_FALSE(covers(rule("x.a.com"), rule("*.a.com")));
    CHECK(overlap(rule("x.a.com:22"), rule("*.a.com")));
    CHECK_FALSE(overlap(rule("x.a.com:22"), rule("*.a.com:443")));
}

}  // namespace isag::config
