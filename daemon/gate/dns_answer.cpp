// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/dns_answer.hpp"
#include "daemon/gate/admission.hpp"
#include "daemon/gate/dns.hpp"
#include <chrono>

namespace isag::gate {
namespace {

// Addresses never change; what changes is whether they may be had.
constexpr std::uint32_t time_to_live = 60;

std::string answer_known(Shared& shared, const dns::Query& query) {
    if (query.type != dns::type_a) return dns::answer_no_data(query);
    if (query.name == proto::gate::own_name) return dns::answer_address(query, Names::own, time_to_live);
    if (const auto address = shared.names.address_of(query.name))
        return dns::answer_address(query, *address, time_to_live);
    shared.events.refused(EventLog::now(), "dns", query.name, 0, "too many different names were asked for");
    return dns::answer_error(query, dns::Code::server_failure);
}

}  // namespace

std::string answer_query(Shared& shared, std::string_view packet) {
    const auto parsed = dns::parse_query(packet);
    if (!parsed) return {};
    const dns::Query& query = parsed->query;
    if (parsed->reject) return dns::answer_error(query, *parsed->reject);
    if (query.question_class != dns::class_in) return dns::answer_error(query, dns::Code::refused);
    if (query.name.empty()) {
        const std::string why = "is no host name";
        shared.events.refused(EventLog::now(), "dns", query.shown, 0, why);
        return dns::answer_refused(query, dns::ExtendedCode::blocked, why);
    }
    if (is_answered(shared, query.name)) return answer_known(shared, query);
    if (is_search_expansion(shared, query.name)) return dns::answer_error(query, dns::Code::name_error);
    const std::string why = shared.policy.decide(query.name, 443).why;
    shared.events.refused(EventLog::now(), "dns", query.name, 0, why);
    return dns::answer_refused(query, dns::ExtendedCode::prohibited, why);
}

}  // namespace isag::gate
