// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/sandbox/registry.hpp"
#include <csignal>
#include <memory>

namespace isag::api {

// Hangs up on the process when its client does.
class HangUp {
public:
    HangUp(const sandbox::Registry& registry, std::shared_ptr<sandbox::Sandbox> sandbox, std::int64_t process)
        : registry_(registry), sandbox_(std::move(sandbox)), process_(process) {}
    HangUp(const HangUp&) = delete;
    ~HangUp() {
        if (!ended && !registry_.leaving()) sandbox_->signal(process_, SIGHUP);
    }
    bool ended = false;

private:
    const sandbox::Registry& registry_;
    std::shared_ptr<sandbox::Sandbox> sandbox_;
    std::int64_t process_;
};

}  // namespace isag::api
