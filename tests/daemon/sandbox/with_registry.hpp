// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/deadline.hpp"
#include "daemon/sandbox/registry.hpp"
#include <boost/asio/awaitable.hpp>
#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <filesystem>
#include <functional>
#include <string>

namespace isag::test {

using RegistryBody = std::function<boost::asio::awaitable<void>(sandbox::Registry&)>;

struct RegistryPlace {
    std::string engine;  // its socket's path
    Directories directories;
    std::filesystem::path init_program;
    std::filesystem::path cover_program;
    std::filesystem::path gate_archive;
    std::chrono::seconds limit;
};

// Runs the body with a registry there, which is then shut down. Throws what the body throws.
inline boost::asio::awaitable<void> with_registry(RegistryPlace place, RegistryBody body) {
    const auto executor = co_await boost::asio::this_coro::executor;
    engine::EngineHolder holder("unix://" + place.engine, {}, place.directories);
    sandbox::RecordStore records(place.directories.state);
    sandbox::FinishedStore finished(place.directories.state, std::chrono::hours(24));
    firewall::Supply gates(holder, place.gate_archive, records.owner());
    const sandbox::Host host{place.directories,  holder, records, finished, place.init_program, gates,
                             place.cover_program};
    sandbox::Registry registry(executor, host);
    registry.load();
    std::exception_ptr error;
    try {
        auto running = body(registry);
        co_await with_deadline(std::move(running), place.limit, "the test");
    } catch (...) {
        error = std::current_exception();
    }
    registry.leave_running();
    co_await registry.shutdown();
    if (error) std::rethrow_exception(error);
}

}  // namespace isag::test
