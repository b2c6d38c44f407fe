// SPDX-License-Identifier: Apache-2.0
#include "common/event.hpp"
#include "daemon/api/operations.hpp"
#include "daemon/api/target.hpp"
#include <chrono>
#include <nlohmann/json.hpp>

namespace asio = boost::asio;
namespace isag::api {
namespace {

constexpr std::chrono::seconds limit{10};
constexpr std::chrono::milliseconds between_looks{200};

// Until it goes on, or has ended. What is covered again at once is left to that.
asio::awaitable<std::vector<std::string>> let_go_on(SandboxPtr sandbox) {
    using Clock = std::chrono::steady_clock;
    isag::Event told;
    const auto listening = sandbox->on_lost_cover([&](const sandbox::LostCover&) { told.notify(); });
    std::vector<std::string> paths;
    const auto deadline = Clock::now() + limit;
    for (auto lost = sandbox->lost_cover(); lost; lost = sandbox->lost_cover()) {
        if (paths.empty() && !lost->obstacle.empty()) paths = sandbox->go_on_uncovered();
        co_await told.wait_until(Clock::now() + between_looks);
        if (Clock::now() >= deadline)
            throw Error("the engine does not let the sandbox " + sandbox->record().name + " go on", "see isagd's log");
    }
    co_return paths;
}

}  // namespace

asio::awaitable<void> unpause(Daemon& daemon, CallPtr call) {
    const auto request = parameters_of<proto::UnpauseRequest>(*call);
    co_await daemon.registry.wait_adopted();
    const auto sandbox = target_of(daemon, request.target);
    const auto& name = sandbox->record().name;
    if (!sandbox->lost_cover()) throw Error("the sandbox " + name + " is not paused", "'isag ps' shows those that are");
    auto paths = co_await let_go_on(sandbox);
    proto::UnpauseReply reply{name, std::move(paths)};
    call->reply(proto::to_json(std::move(reply)));
}

}  // namespace isag::api
