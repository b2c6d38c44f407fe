// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/shared.hpp"
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// What becomes of a name, a connection and an answer: the policy, and what it does not know: siblings, learning, the
// gate itself. Names are normalized.
namespace isag::gate {

// Does the gate's DNS answer it with an address?
bool is_answered(const Shared& shared, std::string_view name);

// Is it an answered name with a search list's suffix behind it ("api.example.com.corp.lan")? Says so without looking
// further than this sandbox.
bool is_search_expansion(const Shared& shared, std::string_view name);

// What becomes of a connection to it.
Verdict admit(const Shared& shared, std::string_view name, std::uint16_t port);

// Why the gate does not dial this answer: the first address that no public name should stand for, and its range
// (security.md N4). `allow_private` lifts it, but for addresses that never lead to another machine.
std::optional<std::string> refuse_answer(const Shared& shared, const std::vector<dns::Address>& answer,
                                         bool allow_private);

// Could it be a name of the public Internet? What learn mode lets through.
bool is_public_looking(std::string_view name);

}  // namespace isag::gate
