// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/settings.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/admission.hpp"
#include "daemon/gate/name.hpp"
#include "daemon/gate/rule_message.hpp"
#include <nlohmann/json.hpp>
#include <utility>

namespace isag::gate {
namespace {

constexpr std::int64_t longest = 10LL * 365 * 86400;  // seconds

struct StoredChange {
    bool allow = false;
    proto::gate::Rule rule;
    std::optional<std::int64_t> until;  // milliseconds of CLOCK_MONOTONIC
};
template <class F>
void fields(F& f, StoredChange& m) {
    f("allow", m.allow);
    f("rule", m.rule);
    f("until", m.until);
}

struct Stored {
    proto::gate::Configure configure;
    std::vector<StoredChange> live;  // the oldest first
};
template <class F>
void fields(F& f, Stored& m) {
    f("configure", m.configure);
    f("live", m.live);
}

using Siblings = std::map<std::string, std::vector<dns::Address>>;

Result<std::vector<dns::Address>> to_addresses(const std::vector<std::string>& texts) {
    std::vector<dns::Address> out;
    for (const auto& text : texts) {
        const auto address = parse_address(text);
        if (!address) return address.error();
        out.push_back(*address);
    }
    return out;
}

Result<Siblings> to_siblings(const std::vector<proto::gate::Sibling>& siblings) {
    Siblings out;
    for (const auto& sibling : siblings) {
        auto addresses = to_addresses(sibling.addresses);
        if (!addresses) return addresses.error();
        // A container's name may be none that a program could ask for.
        if (const auto name = normalize_name(sibling.name)) out[*name] = std::move(*addresses);
    }
    return out;
}

Result<void> check_resolvers(const std::vector<proto::gate::Resolver>& resolvers) {
    for (const auto& resolver : resolvers) {
        if (const auto address = parse_address(resolver.address); !address) return address.error();
        if (resolver.port < 1 || resolver.port > 65535)
            return Failure{std::to_string(resolver.port) + " is no port of a resolver"};
    }
    return {};
}

std::vector<proto::gate::Sibling> from_siblings(const Siblings& siblings) {
    std::vector<proto::gate::Sibling> out;
    for (const auto& [name, addresses] : siblings) {
        auto& sibling = out.emplace_back(proto::gate::Sibling{name, {}});
        for (const auto& address : addresses) sibling.addresses.push_back(address_text(address));
    }
    return out;
}

std::int64_t milliseconds(Clock::time_point time) {
    return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

}  // namespace

Result<void> apply(const proto::gate::Configure& message, Shared& shared) {
    std::vector<Rule> rules;
    for (const auto& rule : message.rules) {
        auto mine = to_rule(rule);
        if (!mine) return mine.error();
        rules.push_back(std::move(*mine));
    }
    if (const auto good = check_resolvers(message.resolvers); !good) return good.error();
    auto own = to_addresses(message.own_addresses);
    if (!own) return own.error();
    auto siblings = to_siblings(message.siblings);
    if (!siblings) return siblings.error();
    shared.policy = Policy(rules);
    shared.resolvers = message.resolvers;
    shared.own_addresses = std::move(*own);
    shared.siblings = std::move(*siblings);
    shared.learn = message.learn;
    return {};
}

Result<void> apply(const proto::gate::Siblings& message, Shared& shared) {
    auto siblings = to_siblings(message.siblings);
    if (!siblings) return siblings.error();
    shared.siblings = std::move(*siblings);
    return {};
}

Result<void> apply(const proto::gate::Change& message, Clock::time_point now, Shared& shared) {
    auto rule = to_rule(message.rule);
    if (!rule) return rule.error();
    LiveRule live{message.allow, std::move(*rule), std::nullopt};
    if (message.seconds) {
        if (*message.seconds < 1 || *message.seconds > longest)
            return Failure{"a rule can't hold for " + std::to_string(*message.seconds) + " seconds"};
        live.until = now + std::chrono::seconds(*message.seconds);
    }
    if (!shared.policy.change(std::move(live)))
        return Failure{"there are " + std::to_string(Policy::most_live) + " changes in force already"};
    return {};
}

proto::gate::Checked check(const proto::gate::Check& message, const Shared& shared) {
    const auto name = normalize_name(message.name);
    if (!name) return {false, "", name.error().message};
    if (message.port < 1 || message.port > 65535) return {false, "", std::to_string(message.port) + " is no port"};
    const Verdict verdict = admit(shared, *name, static_cast<std::uint16_t>(message.port));
    return {verdict.allowed, verdict.rule, verdict.why};
}

proto::gate::State state(const Shared& shared, Clock::time_point now) {
    proto::gate::State out;
    out.learn = shared.learn;
    for (const auto& live : shared.policy.live()) {
        auto& rule = out.rules.emplace_back(proto::gate::RuleState{live.allow, true, from_rule(live.rule), {}});
        if (live.until) rule.seconds_left = std::chrono::ceil<std::chrono::seconds>(*live.until - now).count();
    }
    for (const auto& rule : shared.policy.rules()) out.rules.push_back({true, false, from_rule(rule), {}});
    out.resolvers = shared.resolvers;
    out.siblings = from_siblings(shared.siblings);
    out.refused = shared.events.refused_in_all();
    out.bytes_sent = shared.bytes_sent;
    out.bytes_received = shared.bytes_received;
    return out;
}

std::string save(const Shared& shared) {
    Stored stored;
    for (const auto& rule : shared.policy.rules()) stored.configure.rules.push_back(from_rule(rule));
    stored.configure.resolvers = shared.resolvers;
    for (const auto& address : shared.own_addresses) stored.configure.own_addresses.push_back(address_text(address));
    stored.configure.siblings = from_siblings(shared.siblings);
    stored.configure.learn = shared.learn;
    const auto& live = shared.policy.live();
    for (auto rule = live.rbegin(); rule != live.rend(); ++rule) {
        auto& entry = stored.live.emplace_back(StoredChange{rule->allow, from_rule(rule->rule), {}});
        if (rule->until) entry.until = milliseconds(*rule->until);
    }
    return proto::to_json(stored).dump();
}

Result<void> restore(const std::string& text, Shared& shared) {
    const auto document = nlohmann::json::parse(text, nullptr, false);
    const auto stored = proto::from_json<Stored>(document, "what the last worker knew");
    if (!stored) return stored.error();
    if (const auto good = apply(stored->configure, shared); !good) return good.error();
    for (const auto& entry : stored->live) {
        auto rule = to_rule(entry.rule);
        if (!rule) return rule.error();
        LiveRule live{entry.allow, std::move(*rule), std::nullopt};
        if (entry.until) live.until = Clock::time_point(std::chrono::milliseconds(*entry.until));
        shared.policy.change(std::move(live));
    }
    return {};
}

}  // namespace isag::gate
