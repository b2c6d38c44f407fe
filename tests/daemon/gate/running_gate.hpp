// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/gate/admission.hpp"
#include "daemon/gate/relay.hpp"
#include "tests/daemon/gate/fake_resolver.hpp"
#include "tests/daemon/gate/world.hpp"
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>
#include <future>
#include <optional>
#include <sys/mman.h>
#include <thread>

namespace isag::test {

// The gate's data plane in a thread of its own, on real sockets. Where a connection goes is what the test says, unless
// real rules redirect it.
class RunningGate {
public:
    explicit RunningGate(std::vector<gate::Rule> rules, bool redirected = false) : work_(context_.get_executor()) {
        World::get();
        shared_.executor = context_.get_executor();
        shared_.policy = gate::Policy(rules);
        auto origin = [this](int) { return std::optional(destination_); };
        if (redirected)
            relays_.emplace(shared_, resolver_);
        else
            relays_.emplace(shared_, resolver_, origin);
        UniqueFd listener = World::listen("127.0.0.1", 0);
        port_ = World::port_of(listener);
        tasks_.spawn(relays_->accept(std::move(listener)));
        thread_ = std::thread([this] { context_.run(); });
    }
    ~RunningGate() {
        boost::asio::co_spawn(context_, end(), boost::asio::use_future).get();
        work_.reset();
        thread_.join();
    }

    // Runs it in the gate's thread.
    template <class F>
    auto inside(F f) {
        std::packaged_task<decltype(f())()> task(std::move(f));
        auto result = task.get_future();
        boost::asio::post(context_, [&task] { task(); });
        return result.get();
    }

    void spawn(boost::asio::awaitable<void> task) {
        inside([&] { tasks_.spawn(std::move(task)); });
    }

    // As the sandbox connects to a name's address.
    UniqueFd connect(const std::string& name, std::uint16_t port) {
        inside([&] {
            const std::uint32_t own = gate::Names::own;
            destination_ = {name == proto::gate::own_name ? own : shared_.names.address_of(name).value(), port};
        });
        return World::connect("127.0.0.1", port_);
    }
    UniqueFd connect_to(std::uint32_t address, std::uint16_t port) {
        inside([&] { destination_ = {address, port}; });
        return World::connect("127.0.0.1", port_);
    }

    // The refusals so far, as "protocol target:port why".
    std::vector<std::string> refusals() {
        return inside([&] {
            std::vector<std::string> out;
            for (const auto& event : shared_.events.recent())
                out.push_back(event.protocol + " " + event.target + ":" + std::to_string(event.port) + " " + event.why);
            return out;
        });
    }

    gate::Shared& shared() { return shared_; }  // inside() only
    gate::Relays& relays() { return *relays_; }
    gate::Resolver& resolver() { return resolver_; }
    std::uint16_t port() const { return port_; }
    boost::asio::io_context& context() { return context_; }

private:
    boost::asio::awaitable<void> end() {
        tasks_.cancel();
        co_await tasks_.join();
        co_await relays_->end();
        co_await resolver_.end();
    }

    boost::asio::io_context context_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_;
    gate::Shared shared_{{}, 77, {}, gate::Names(UniqueFd(::memfd_create("names", MFD_CLOEXEC))), {}, false, {}, {},
                         {}, 0,  0};
    gate::Resolver resolver_{use_executor()};
    std::optional<gate::Relays> relays_;
    TaskGroup tasks_{context_.get_executor(), [](std::exception_ptr) {}};
    gate::Destination destination_;
    std::uint16_t port_ = 0;
    std::thread thread_;

    gate::Shared& use_executor() {
        shared_.executor = context_.get_executor();
        return shared_;
    }
};

inline gate::Rule rule(const std::string& name, std::vector<std::uint16_t> ports = {}, bool allow_private = false) {
    gate::Rule out;
    out.name = name;
    out.ports = std::move(ports);
    out.allow_private = allow_private;
    return out;
}

// Every name is 198.51.100.2.
inline FakeResolver::Behaviour everything_there() {
    return [](const Asked& asked) {
        std::vector<std::string> records;
        if (asked.type == 1) records.push_back(a_record(asked.name, 0xc6336402));
        return std::vector<std::string>{dns_reply(asked, records)};
    };
}

inline void use(RunningGate& gate, const FakeResolver& resolver) {
    gate.inside([&] { gate.shared().resolvers.push_back({resolver.address(), 53}); });
}

}  // namespace isag::test
