// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/config/node.hpp"
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// The text surgery behind edit_domains: `root` is what read_yaml() made of `text`. Nothing where the list is written in
// a way that is not understood (an anchor, an alias, a tag); whether the outcome means what it shall, the caller
// checks.
namespace isag::config {

// With these entries at the end of limit_network.domains. Where the file has no such list, one is made, which begins
// with the `defaults` that held so far.
std::optional<std::string> append_to_domain_list(std::string_view text, const Node& root,
                                                 const std::vector<std::string>& entries,
                                                 const std::vector<std::string>& defaults);

// Without that entry, counted from 0. Where the file has no list, one of the other defaults is made.
std::optional<std::string> remove_from_domain_list(std::string_view text, const Node& root, std::size_t index,
                                                   const std::vector<std::string>& defaults);

}  // namespace isag::config
