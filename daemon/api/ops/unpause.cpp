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

// Until it goes on, or has ended.
asio::awaitable<std::vector<std::string>> let_go_on(SandboxPtr sandbox) {
    bool goes_on = false;
    isag::Event told;
    const auto listening = sandbox->on_lost_cover([&](const sandbox::LostCover& lost) {
        goes_on = !lost.paused;
        told.notify();
    });
    const auto paths = sandbox->go_on_uncovered();
    const auto deadline = std::chrono::steady_clock::now() + limit;
    while (!goes_on && sandbox->lost_cover()) {
        const bool in_time = co_await told.wait_until(deadline);
        if (!in_time)
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
