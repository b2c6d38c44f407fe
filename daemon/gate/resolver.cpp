// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/resolver.hpp"
#include "common/error.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/resolver_query.hpp"
#include "daemon/gate/socket.hpp"
#include <algorithm>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <optional>

namespace asio = boost::asio;
using namespace std::chrono_literals;
namespace isag::gate {
namespace {

constexpr int rounds = 2;
constexpr auto longest = 3600s;
constexpr auto negative = 5s;

std::vector<dns::Address> in_turn(const std::vector<dns::Address>& v4, const std::vector<dns::Address>& v6) {
    std::vector<dns::Address> out;
    for (std::size_t i = 0; i < std::max(v4.size(), v6.size()); ++i) {
        if (i < v4.size()) out.push_back(v4[i]);
        if (i < v6.size()) out.push_back(v6[i]);
    }
    return out;
}

// Connecting a datagram socket sends nothing, and fails where no route leads out.
bool has_ipv6_route(std::uint32_t mark) {
    try {
        dns::Address far;
        far.v6 = true;
        far.bytes[0] = 0x20;
        far.bytes[15] = 1;
        return start_connect(marked_socket(AF_INET6, SOCK_DGRAM, mark), socket_address(far, 53));
    } catch (const Error&) {
        return false;
    }
}

bool is_final(const dns::Reply& reply) {
    return reply.code == dns::Code::no_error || reply.code == dns::Code::name_error;
}

// Of two asked at a time one may fail.
struct Outcome {
    dns::Reply reply;
    std::string error;  // empty: there is a reply
};

asio::awaitable<Outcome> try_to_ask(ResolverAddress resolver, std::uint32_t mark, std::string name,
                                    std::uint16_t type) {
    Outcome out;
    try {
        out.reply = co_await ask_resolver(resolver, mark, std::move(name), type);
        if (!is_final(out.reply)) out.error = "answers with error " + std::to_string(static_cast<int>(out.reply.code));
    } catch (const Error& error) {
        out.error = error.message();
    }
    co_return out;
}

}  // namespace

Resolver::Resolver(Shared& shared) : shared_(shared), tasks_(shared.executor, [](std::exception_ptr) {}) {}

asio::awaitable<std::vector<dns::Address>> Resolver::resolve(std::string name) {
    if (const auto sibling = shared_.siblings.find(name); sibling != shared_.siblings.end()) {
        if (sibling->second.empty()) throw Error(name + " has no address");
        co_return sibling->second;
    }
    if (const auto kept = kept_.find(name); kept != kept_.end()) {
        if (kept->second.until > Clock::now()) {
            if (!kept->second.answer.error.empty()) throw Error(kept->second.answer.error);
            co_return kept->second.answer.addresses;
        }
        kept_.erase(kept);
    }
    std::shared_ptr<Lookup> lookup;
    if (const auto asking = asking_.find(name); asking != asking_.end()) {
        lookup = asking->second;
    } else {
        if (asking_.size() >= most_asking) throw Error("too many names are being looked up");
        lookup = std::make_shared<Lookup>();
        asking_.emplace(name, lookup);
        tasks_.spawn(look_up(name, lookup));
    }
    if (!lookup->answer) co_await lookup->done.wait();
    if (!lookup->answer) throw Error("the lookup of " + name + " was given up");
    if (!lookup->answer->error.empty()) throw Error(lookup->answer->error);
    co_return lookup->answer->addresses;
}

asio::awaitable<void> Resolver::look_up(std::string name, std::shared_ptr<Lookup> lookup) {
    Answer answer;
    try {
        answer = co_await ask_all(name);
    } catch (...) {
        answer.error = "the lookup of " + name + " was given up";
    }
    keep(name, answer);
    asking_.erase(name);
    lookup->answer = std::make_shared<const Answer>(std::move(answer));
    lookup->done.notify();
}

asio::awaitable<Resolver::Answer> Resolver::ask_all(std::string name) {
    Answer last;
    last.error = "no resolver is configured";
    const auto resolvers = shared_.resolvers;
    for (int round = 0; round < rounds; ++round) {
        for (const auto& resolver : resolvers) {
            last = co_await ask_one(resolver, name);
            if (last.lasts != Clock::duration::zero() || last.error.empty()) co_return last;
        }
    }
    co_return last;
}

// An answer that has an error and lasts no time is none: the next resolver is to be asked.
asio::awaitable<Resolver::Answer> Resolver::ask_one(proto::gate::Resolver resolver, std::string name) {
    using namespace asio::experimental::awaitable_operators;
    Answer out;
    const auto address = parse_address(resolver.address);
    if (!address) {
        out.error = "the resolver " + resolver.address + " has no address";
        co_return out;
    }
    const ResolverAddress whom{*address, static_cast<std::uint16_t>(resolver.port)};
    Outcome v4;
    Outcome v6;
    if (has_ipv6_route(shared_.mark)) {
        auto first = try_to_ask(whom, shared_.mark, name, dns::type_a);
        auto second = try_to_ask(whom, shared_.mark, name, dns::type_aaaa);
        std::tie(v4, v6) = co_await (std::move(first) && std::move(second));
    } else {
        v4 = co_await try_to_ask(whom, shared_.mark, name, dns::type_a);
    }
    out.addresses = in_turn(v4.reply.addresses, v6.reply.addresses);
    if (out.addresses.empty()) {
        if (v4.error.empty() && v6.error.empty()) {
            out.error = v4.reply.code == dns::Code::name_error ? name + " doesn't exist" : name + " has no address";
            out.lasts = negative;
        } else {
            out.error = "resolver " + resolver.address + ": " + (v4.error.empty() ? v6.error : v4.error);
        }
        co_return out;
    }
    auto lasts = std::chrono::seconds(longest);
    for (const auto* outcome : {&v4, &v6})
        if (!outcome->reply.addresses.empty())
            lasts = std::min(lasts, std::chrono::seconds(outcome->reply.time_to_live));
    out.lasts = lasts;
    co_return out;
}

void Resolver::keep(const std::string& name, const Answer& answer) {
    if (answer.lasts == Clock::duration::zero()) return;
    const auto now = Clock::now();
    if (kept_.size() >= most_kept) std::erase_if(kept_, [&](const auto& kept) { return kept.second.until <= now; });
    if (kept_.size() >= most_kept)
        kept_.erase(std::min_element(kept_.begin(), kept_.end(),
                                     [](const auto& a, const auto& b) { return a.second.until < b.second.until; }));
    kept_.insert_or_assign(name, Kept{answer, now + answer.lasts});
}

asio::awaitable<void> Resolver::end() {
    tasks_.cancel();
    co_await tasks_.join();
}

}  // namespace isag::gate
