// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/admission.hpp"
#include "daemon/gate/address.hpp"
#include <algorithm>

namespace isag::gate {
namespace {

// RFC 6761, RFC 6762, RFC 7686, RFC 8375, RFC 9476, and what ICANN keeps for local use.
constexpr std::string_view local_zones[] = {"alt", "arpa",  "corp",      "home", "internal", "invalid",
                                            "lan", "local", "localhost", "mail", "onion",    "test"};

bool is_sibling(const Shared& shared, std::string_view name) {
    return shared.siblings.find(std::string(name)) != shared.siblings.end();
}

// This machine, everybody, nobody, and the gate's own synthetic range.
bool leads_nowhere(const dns::Address& address) {
    const auto& bytes = address.bytes;
    if (!address.v6)
        return bytes[0] == 0 || bytes[0] == 127 || bytes[0] >= 224 || (bytes[0] == 198 && (bytes[1] & 0xfe) == 18);
    const bool low = std::all_of(bytes.begin(), bytes.begin() + 10, [](std::uint8_t byte) { return byte == 0; });
    const bool embedded = low && ((bytes[10] == 0 && bytes[11] == 0) || (bytes[10] == 0xff && bytes[11] == 0xff));
    return embedded || bytes[0] == 0xff;
}

}  // namespace

bool is_public_looking(std::string_view name) {
    const auto dot = name.rfind('.');
    if (dot == std::string_view::npos) return false;
    return std::find(std::begin(local_zones), std::end(local_zones), name.substr(dot + 1)) == std::end(local_zones);
}

bool is_answered(const Shared& shared, std::string_view name) {
    if (name == proto::gate::own_name || shared.policy.knows(name) || is_sibling(shared, name)) return true;
    return shared.learn && is_public_looking(name) && !shared.policy.decide(name, 0).denied;
}

bool is_search_expansion(const Shared& shared, std::string_view name) {
    for (auto dot = name.rfind('.'); dot != std::string_view::npos && dot != 0; dot = name.rfind('.', dot - 1)) {
        const auto prefix = name.substr(0, dot);
        if (shared.policy.knows(prefix) || is_sibling(shared, prefix) || prefix == proto::gate::own_name) return true;
    }
    return false;
}

Verdict admit(const Shared& shared, std::string_view name, std::uint16_t port) {
    Verdict verdict = shared.policy.decide(name, port);
    if (verdict.denied) return verdict;
    if (is_sibling(shared, name)) {
        verdict.allowed = verdict.allow_private = true;
        verdict.why = "on an external network";
    } else if (!verdict.allowed && shared.learn && is_public_looking(name)) {
        verdict.allowed = true;
        verdict.rule.clear();
        verdict.why = "let through to learn";
    }
    return verdict;
}

std::optional<std::string> refuse_answer(const Shared& shared, const std::vector<dns::Address>& answer,
                                         bool allow_private) {
    for (const auto& address : answer) {
        const bool lifted = allow_private && !leads_nowhere(address);
        if (lifted) continue;
        if (const auto range = dns::special_use(address))
            return "it stands for " + address_text(address) + ", which is " + std::string(*range);
        const auto& own = shared.own_addresses;
        if (std::find(own.begin(), own.end(), address) != own.end())
            return "it stands for " + address_text(address) + ", which is this machine";
    }
    return std::nullopt;
}

}  // namespace isag::gate
