// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/unique_fd.hpp"
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace isag::gate {

// The synthetic addresses, 198.18.0.0/15 (RFC 2544's, which no host on the Internet has): one a name, given out in
// order and never to another name while the sandbox lives, not even after the worker that gave it out has died.
class Names {
public:
    // Enough for every name of a policy and plenty below its wildcards; an agent that asks for endless ones runs out.
    static constexpr std::size_t most = 16384;
    static constexpr std::uint32_t own = 0xc6120001;    // 198.18.0.1: the gate itself, isag.internal
    static constexpr std::uint32_t first = 0xc6120002;  // host order, as all addresses here
    static bool is_synthetic(std::uint32_t address) { return (address & 0xfffe0000) == 0xc6120000; }

    // `memory` is an open file (memfd_create(2)) that outlives the worker: a line a name, in the order of their
    // addresses. What is in it already is taken up. Throws Error.
    explicit Names(UniqueFd memory);

    // The name's address; nothing where all are given out. `name` is normalized.
    std::optional<std::uint32_t> address_of(std::string_view name);
    // The name that has the address; nothing where none does.
    std::optional<std::string> name_of(std::uint32_t address) const;
    std::size_t size() const { return names_.size(); }
    const std::vector<std::string>& all() const { return names_; }  // all()[i] has the address first + i

private:
    UniqueFd memory_;
    std::vector<std::string> names_;
    std::map<std::string, std::uint32_t, std::less<>> addresses_;
};

// "198.18.0.2"
std::string dotted(std::uint32_t address);

}  // namespace isag::gate
