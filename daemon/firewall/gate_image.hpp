// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/lock.hpp"
#include "daemon/engine/engine.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <string>

namespace isag::firewall {

// The image of the gates: made of one tar archive that is installed with isagd, loaded into the engine where it is not
// there yet. No registry is asked.
class GateImage {
public:
    explicit GateImage(std::filesystem::path archive) : archive_(std::move(archive)) {}

    // Its id. An image that only bears the name is not believed: its one layer has to be the archive, byte by byte, or
    // this isagd loaded it. Where it is loaded, those of other versions go that are older than a day and that nothing
    // uses; an isagd that wants one again loads it. Throws Error.
    boost::asio::awaitable<std::string> ensure(engine::Engine& engine);

private:
    boost::asio::awaitable<void> load(engine::Engine& engine, std::string tag);
    boost::asio::awaitable<void> remove_old(engine::Engine& engine);

    std::filesystem::path archive_;
    std::string digest_;  // SHA-256 of the archive, once it was read
    std::string id_;      // of what this isagd found or loaded
    Lock lock_;
};

}  // namespace isag::firewall
