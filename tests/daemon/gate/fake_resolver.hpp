// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/dns.hpp"
#include "daemon/gate/dns_wire.hpp"
#include "tests/daemon/gate/world.hpp"
#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace isag::test {

using Asked = isag::gate::dns::Query;

// An answer with these records behind the question.
inline std::string dns_reply(const Asked& asked, const std::vector<std::string>& records, unsigned flags = 0x8180) {
    using namespace isag::gate::dns;
    std::string out;
    put16(out, asked.id);
    put16(out, flags);
    put16(out, 1);
    put16(out, static_cast<std::uint32_t>(records.size()));
    put32(out, 0);
    out += asked.question;
    for (const auto& record : records) out += record;
    return out;
}

inline std::string wire_name(const std::string& name) {
    std::string out;
    for (std::size_t begin = 0; begin < name.size();) {
        const std::size_t end = std::min(name.find('.', begin), name.size());
        out += static_cast<char>(end - begin) + name.substr(begin, end - begin);
        begin = end + 1;
    }
    return out + '\0';
}

inline std::string dns_record(const std::string& name, std::uint32_t type, std::uint32_t ttl, const std::string& data) {
    using namespace isag::gate::dns;
    std::string out = wire_name(name);
    put16(out, type);
    put16(out, 1);
    put32(out, ttl);
    put16(out, static_cast<std::uint32_t>(data.size()));
    return out + data;
}

inline std::string a_record(const std::string& name, std::uint32_t address, std::uint32_t ttl = 60) {
    std::string data;
    isag::gate::dns::put32(data, address);
    return dns_record(name, 1, ttl, data);
}

// A resolver out there, over UDP, that says to each question what the test wants: several datagrams, one or none.
class FakeResolver {
public:
    using Behaviour = std::function<std::vector<std::string>(const Asked&)>;

    explicit FakeResolver(Behaviour behaviour, const char* address = "198.51.100.2")
        : behaviour_(std::move(behaviour)), address_(address), socket_(World::get().datagrams_there(53, address)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~FakeResolver() {
        over_ = true;
        ::shutdown(socket_.get(), SHUT_RDWR);
        thread_.join();
    }
    const std::string& address() const { return address_; }
    int asked() const { return asked_; }

private:
    void serve() {
        while (!over_) {
            char packet[1500];
            sockaddr_storage from{};
            socklen_t size = sizeof from;
            pollfd watched{socket_.get(), POLLIN, 0};
            if (::poll(&watched, 1, 20) != 1) continue;
            const ssize_t n = ::recvfrom(socket_.get(), packet, sizeof packet, MSG_DONTWAIT,
                                         reinterpret_cast<sockaddr*>(&from), &size);
            if (n <= 0) continue;
            const auto query = isag::gate::dns::parse_query({packet, static_cast<std::size_t>(n)});
            if (!query) continue;
            ++asked_;
            for (const auto& answer : behaviour_(query->query))
                ::sendto(socket_.get(), answer.data(), answer.size(), 0, reinterpret_cast<const sockaddr*>(&from),
                         size);
        }
    }

    Behaviour behaviour_;
    std::string address_;
    UniqueFd socket_;
    std::atomic<bool> over_{false};
    std::atomic<int> asked_{0};
    std::thread thread_;
};

}  // namespace isag::test
