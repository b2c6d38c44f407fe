// SPDX-License-Identifier: Apache-2.0
#include "daemon/gate/connector.hpp"
#include "common/deadline.hpp"
#include "common/escape.hpp"
#include "common/file.hpp"
#include "common/nameservers.hpp"
#include "daemon/gate/address.hpp"
#include "daemon/gate/admission.hpp"
#include "daemon/gate/dial.hpp"
#include "daemon/gate/name.hpp"
#include <algorithm>
#include <optional>

namespace asio = boost::asio;
namespace isag::gate {
namespace {

constexpr std::uint32_t unmarked = 0;
constexpr std::size_t largest_resolv_conf = 65536;

class OneMore {
public:
    explicit OneMore(std::size_t& count) : count_(count) { ++count_; }
    OneMore(const OneMore&) = delete;
    OneMore& operator=(const OneMore&) = delete;
    ~OneMore() { --count_; }

private:
    std::size_t& count_;
};

asio::awaitable<UniqueFd> dial_unmarked(std::vector<dns::Address> addresses, std::uint16_t port) {
    Stream stream = co_await dial(std::move(addresses), port, unmarked);
    co_return UniqueFd(stream.release());
}

std::vector<dns::Address> only(const dns::Address& address) { return std::vector<dns::Address>(1, address); }

// 127.0.0.1, and where that refuses ::1. Its refusal is what is told: where IPv6 is off, ::1 only says so.
asio::awaitable<UniqueFd> dial_loopback(std::uint16_t port) {
    auto v4 = only(address_v4(0x7f000001));
    auto v6 = only(parse_address("::1").value());
    std::optional<Error> refused;
    try {
        co_return co_await dial_unmarked(std::move(v4), port);
    } catch (const Error& error) {
        refused = error;
    }
    try {
        co_return co_await dial_unmarked(std::move(v6), port);
    } catch (const Error&) {
    }
    throw *refused;
}

std::string place_of(const proto::gate::Connect& target) {
    const std::string host = target.host.empty() ? "localhost" : escape_controls(target.host);
    return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + std::to_string(target.port);
}

}  // namespace

Connector::Connector(Shared& shared, Resolver& resolver, Mode mode, std::filesystem::path resolv_conf)
    : shared_(shared), resolver_(resolver), mode_(mode), resolv_conf_(std::move(resolv_conf)) {}

asio::awaitable<UniqueFd> Connector::connect(proto::gate::Connect target) {
    if (target.port < 1 || target.port > 65535) throw Error("a port is between 1 and 65535", "", ErrorKind::usage);
    if (connecting_ >= most) throw Error("too many connections into the sandbox are being made");
    const OneMore counted(connecting_);
    std::optional<Error> failed;
    try {
        auto reaching = reach(target.host, static_cast<std::uint16_t>(target.port));
        co_return co_await with_deadline(std::move(reaching), patience, "to connect");
    } catch (const Error& error) {
        failed = error;
    }
    throw Error(place_of(target) + ": " + failed->message(), failed->hint(), ErrorKind::not_found);
}

asio::awaitable<UniqueFd> Connector::reach(std::string host, std::uint16_t port) {
    if (host.empty() || host == "localhost") co_return co_await dial_loopback(port);
    if (const auto address = parse_address(host)) {
        auto addresses = only(*address);
        co_return co_await dial_unmarked(std::move(addresses), port);
    }
    co_return co_await reach_name(std::move(host), port);
}

asio::awaitable<UniqueFd> Connector::reach_name(std::string host, std::uint16_t port) {
    auto name = normalize_name(host).value();
    std::vector<dns::Address> addresses;
    if (mode_ == Mode::open) {
        read_nameservers();
        addresses = co_await resolver_.resolve(std::move(name));
    } else {
        addresses = synthetic_address(name, port);
    }
    co_return co_await dial_unmarked(std::move(addresses), port);
}

// What the DNS server says of the name, and at once what the relay would say of the port.
std::vector<dns::Address> Connector::synthetic_address(const std::string& name, std::uint16_t port) {
    const auto refuse = [&](const char* protocol, std::uint16_t event_port, const std::string& why) {
        shared_.events.refused(EventLog::now(), protocol, name, event_port, why);
        throw Error("the firewall refuses it: " + why, "'isag net allow " + name + "' allows it");
    };
    if (name == proto::gate::own_name) return only(address_v4(Names::own));
    if (!is_answered(shared_, name)) refuse("dns", 0, shared_.policy.decide(name, port).why);
    if (const Verdict verdict = admit(shared_, name, port); !verdict.allowed) refuse("tcp", port, verdict.why);
    const auto address = shared_.names.address_of(name);
    if (!address) throw Error("too many different names were asked for");
    return only(address_v4(*address));
}

// As they are now: the engine may change the file.
void Connector::read_nameservers() {
    std::vector<proto::gate::Resolver> resolvers;
    const auto text = read_file(resolv_conf_, largest_resolv_conf);
    if (!text) throw Error(text.error());
    for (const auto& address : nameservers(*text))
        if (parse_address(address)) resolvers.push_back({address, 53});
    const auto same = [](const proto::gate::Resolver& a, const proto::gate::Resolver& b) {
        return a.address == b.address;
    };
    if (std::equal(resolvers.begin(), resolvers.end(), shared_.resolvers.begin(), shared_.resolvers.end(), same))
        return;
    shared_.resolvers = std::move(resolvers);
    resolver_.forget();
}

}  // namespace isag::gate
