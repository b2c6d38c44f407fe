// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/sandbox/registry.hpp"
#include <memory>

namespace isag::api {

// Ends the sandbox when its client leaves first, however that happens; until let_go().
class Leash {
public:
    Leash(sandbox::Registry& registry, std::shared_ptr<sandbox::Sandbox> sandbox)
        : registry_(registry), sandbox_(std::move(sandbox)) {
        sandbox_->claim();
    }
    Leash(const Leash&) = delete;
    Leash& operator=(const Leash&) = delete;
    ~Leash() {
        if (sandbox_ && sandbox_->status() != sandbox::Sandbox::Status::ended) registry_.abandon(std::move(sandbox_));
    }
    void let_go() { sandbox_.reset(); }

private:
    sandbox::Registry& registry_;
    std::shared_ptr<sandbox::Sandbox> sandbox_;
};

}  // namespace isag::api
