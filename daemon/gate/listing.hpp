// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

namespace isag::gate {

// What is loaded, as far as the self-test compares it. Pure.
struct Listing {
    struct Chain {
        std::string hook;   // "nat output -110 accept": type, hook, priority, policy; empty: a chain that is jumped to
        std::string rules;  // their expressions, one a line
        std::size_t size = 0;  // how many
    };
    std::map<std::string, Chain> chains;
    std::map<std::string, std::int64_t> counters;  // packets
};

// From `nft --json list table`; what is in other tables is left out.
Result<Listing> parse_listing(std::string_view json);
// The same of a text that ruleset() made, without the rules' expressions.
Listing planned_listing(std::string_view ruleset);
// What differs, but for counters; empty: nothing.
std::string difference(const Listing& planned, const Listing& loaded);

}  // namespace isag::gate
