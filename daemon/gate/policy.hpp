// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
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
    bool denied = false;  // by a live rule
    std::string rule;     // the text of the one that decided; empty where none did
    std::string why;      // one line for a person
};

// A rule that was set while the sandbox runs.
struct LiveRule {
    bool allow = false;
    Rule rule;
    std::optional<std::chrono::steady_clock::time_point> until;  // none: as long as the sandbox lives
};

// What a sandbox may reach. An empty policy allows nothing. Names that are asked for must be normalized. The newest
// live rule that fits name and port decides; where none does, the configured ones.
class Policy {
public:
    static constexpr std::size_t most_live = 256;

    Policy() = default;
    explicit Policy(const std::vector<Rule>& rules);

    // Could a connection to it be allowed, whatever the port? Decides a DNS question.
    bool knows(std::string_view name) const;
    Verdict decide(std::string_view name, std::uint16_t port) const;

    // False where the very same rule is there already, or is not there.
    bool add(const Rule& rule);
    bool remove(const Rule& rule);
    std::vector<Rule> rules() const;

    // One for the same name and ports replaces the older. False where there are too many.
    bool change(LiveRule rule);
    // Drops live rules whose time is over; true where there were any.
    bool expire(std::chrono::steady_clock::time_point now);
    // When the next one ends.
    std::optional<std::chrono::steady_clock::time_point> next_end() const;
    const std::deque<LiveRule>& live() const { return live_; }  // the newest first

private:
    template <class F>
    void for_each_match(std::string_view name, F&& take) const;

    std::map<std::string, std::vector<Rule>, std::less<>> exact_;
    std::map<std::string, std::vector<Rule>, std::less<>> below_;
    std::deque<LiveRule> live_;
};

}  // namespace isag::gate
