// SPDX-License-Identifier: Apache-2.0
#include "daemon/api/network_summary.hpp"
#include "common/deadline.hpp"
#include "common/event.hpp"
#include "daemon/api/config_edit.hpp"
#include "daemon/config/edit_domains.hpp"
#include "daemon/firewall/learned.hpp"

namespace asio = boost::asio;
namespace isag::api {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::milliseconds answer_limit{200};
constexpr std::chrono::milliseconds last_words_limit{300};  // a gate tells events every 200 ms
constexpr std::size_t most_refusals = 50;                   // of different ones; a person reads ten

// Until the gate has told of what it counted; it is waited for only where it has something left to tell. What was
// allowed it does not count: learning waits once.
asio::awaitable<void> last_events(sandbox::Sandbox& sandbox, bool learn) {
    auto& ring = sandbox.network_events();
    co_await sandbox.wait_network_told();
    try {
        isag::Event told;
        const auto listening = ring.listen([&](const proto::gate::Event&) { told.notify(); });
        auto answer = sandbox.gate().show();
        const auto state = co_await with_deadline(std::move(answer), answer_limit, "the gate");
        const auto deadline = Clock::now() + last_words_limit;
        while (learn || ring.refused() < state.refused)
            if (!co_await told.wait_until(deadline)) break;
    } catch (const Error&) {  // a gate that is gone has nothing to tell
    }
}

}  // namespace

asio::awaitable<proto::net::Summary> network_summary(std::shared_ptr<sandbox::Sandbox> sandbox,
                                                     const config::Config& config, const Environment& environment) {
    const auto& learn = sandbox->record().learn;
    co_await last_events(*sandbox, learn.has_value());
    const auto& ring = sandbox->network_events();
    proto::net::Summary summary;
    summary.refusals = ring.sums().refused();
    if (summary.refusals.size() > most_refusals) summary.refusals.resize(most_refusals);
    summary.refused = ring.refused();
    for (const auto& rule : firewall::remedies(summary.refusals, config)) summary.remedies.push_back(rule.text());
    summary.learn = learn.has_value();
    if (!learn) co_return summary;
    const auto rules = firewall::learned_rules(ring.sums().allowed(), config);
    for (const auto& rule : rules) summary.learned.push_back(rule.text());
    if (learn->save && !rules.empty()) {
        const auto& file = sandbox->record().config;
        summary.saved = edit_config_file(
            file, [&](std::string_view text) { return config::add_domains(text, rules, file, environment); });
    }
    co_return summary;
}

}  // namespace isag::api
