// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace isag::gate {

// One line of the allowlist. `name` is normalized (normalize_name()).
struct Rule {
    bool wildcard = false;  // any name below `name`, and not that name itself
    std::string name;
    std::vector<std::uint16_t> ports;  // none: any
    bool allow_private = false;        // the name may stand for a private address (N4)

    // As it is written in isag.yaml: "*.example.com:443,8443".
    std::string text() const;
    bool operator==(const Rule&) const = default;
};

struct Verdict {
    bool allowed = false;
    bool allow_private = false;
    std::string rule;  // the text of the one that decided; empty where none did
    std::string why;   // one line for a person
};

// What a sandbox may reach. An empty policy allows nothing. Names that are asked for must be normalized.
class Policy {
public:
    Policy() = default;
    explicit Policy(const std::vector<Rule>& rules);

    // Does any rule name it, whatever the port? Decides a DNS question.
    bool knows(std::string_view name) const;
    Verdict decide(std::string_view name, std::uint16_t port) const;

    // False where the very same rule is there already, or is not there.
    bool add(const Rule& rule);
    bool remove(const Rule& rule);
    std::vector<Rule> rules() const;

private:
    template <class F>
    void for_each_match(std::string_view name, F&& take) const;

    std::map<std::string, std::vector<Rule>, std::less<>> exact_;
    std::map<std::string, std::vector<Rule>, std::less<>> below_;
};

}  // namespace isag::gate
