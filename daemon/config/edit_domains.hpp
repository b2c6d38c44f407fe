// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/environment.hpp"
#include "common/error.hpp"
#include "daemon/config/config.hpp"
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

// Changes limit_network.domains in the text of an isag.yaml and leaves every other byte: comments, layout, line ends.
// What comes out reads as the same config but for the rules in question; where that can't be had, it is a Failure.
namespace isag::config {

// `wide` allows all that `narrow` allows.
bool covers(const DomainRule& wide, const DomainRule& narrow);
// There is a connection that both allow.
bool overlap(const DomainRule& a, const DomainRule& b);

// The text with these rules at the list's end. One that an entry covers already is left out.
Result<std::string> add_domains(std::string_view text, const std::vector<DomainRule>& rules,
                                const std::filesystem::path& file, const Environment& environment);

// The text without the entries for that name and (all or some of) those ports. A Failure where what stays still allows
// some of it.
Result<std::string> remove_domain(std::string_view text, const DomainRule& rule, const std::filesystem::path& file,
                                  const Environment& environment);

}  // namespace isag::config
