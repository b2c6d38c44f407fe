// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/lock.hpp"
#include "daemon/engine/engine.hpp"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string>

namespace isag::firewall {

// The engine network that gates reach the world by: a bridge of isag's own, on which containers can't talk to each
// other. Each person has one (isag-<owner>), so that no other isagd removes it while a gate is about to join.
class Uplink {
public:
    // Held by each gate from before it is created until it is gone.
    using Use = std::shared_ptr<void>;

    // `owner` marks what is this person's, in the engine (RecordStore::owner()).
    explicit Uplink(std::string owner) : owner_(std::move(owner)) {}

    Use use() const { return users_; }
    bool in_use() const { return users_.use_count() > 1; }
    std::string name() const;
    // A gate of this isagd joined it, or of an earlier one that this isagd took over: there may be one to remove.
    bool known() const { return known_; }
    void adopt() { known_ = true; }

    // Its id; it is made where it is missing. To be called by who holds a Use.
    boost::asio::awaitable<std::string> ensure(engine::Engine& engine);
    // Removes it where no gate uses it.
    boost::asio::awaitable<void> remove_unused(engine::Engine& engine);

private:
    std::string owner_;
    std::shared_ptr<void> users_ = std::make_shared<int>(0);
    bool known_ = false;
    Lock lock_;
};

}  // namespace isag::firewall
