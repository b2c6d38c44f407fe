// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "client/context.hpp"
#include "client/signals.hpp"
#include "proto/forward.hpp"
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace isag {

// The ports that this process forwards, served by a thread of its own for as long as this lives. What is under way then
// is reset.
class Forwards {
public:
    // Once it returns, all of them listen. Throws Error where one of them can't, which names it, or where there is no
    // such sandbox; and Interrupted where one of the signals comes first.
    Forwards(const Context& context, const proto::Target& target, const std::vector<proto::Forward>& forwards,
             Signals* signals = nullptr);
    Forwards(const Forwards&) = delete;
    Forwards& operator=(const Forwards&) = delete;
    ~Forwards();

    const std::string& sandbox() const;  // its name

    // Until the sandbox has ended: nothing; or one of the signals comes: that. Throws Error where isagd went away and
    // none comes back.
    std::optional<int> wait(Signals& signals);

private:
    struct Inside;
    std::unique_ptr<Inside> inside_;
};

}  // namespace isag
