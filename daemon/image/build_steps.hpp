// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "daemon/engine/engine.hpp"
#include <boost/asio/awaitable.hpp>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace isag::image {

// What a line of the classic builder says of the container of a step: that it runs, or that it is gone.
struct StepContainer {
    std::string id;
    bool gone = false;
};
std::optional<StepContainer> step_container(std::string_view line);

// The containers of the steps that are being built. The builder removes them itself, however a build ends; only an
// engine that is killed leaves them, and nothing on them says whose they are. So each is noted in a folder while it is
// there, for this isagd or the next to remove.
class BuildSteps {
public:
    // The folder is made when the first one is noted.
    explicit BuildSteps(std::filesystem::path folder) : folder_(std::move(folder)) {}

    // One build: reads the builder's output, and ends with it.
    class Watch {
    public:
        explicit Watch(BuildSteps& steps) : steps_(steps) {}
        Watch(const Watch&) = delete;
        Watch& operator=(const Watch&) = delete;
        ~Watch() { steps_.running_.erase(id_); }
        void feed(std::string_view line);

    private:
        BuildSteps& steps_;
        std::string id_;
    };

    // Whether something is noted that belongs to no build that runs.
    bool any_left() const { return !left().empty(); }
    // Removes what is noted, is still there and belongs to no build that runs. Throws Error where the engine is away;
    // what is left stays noted.
    boost::asio::awaitable<void> remove_left(engine::Engine& engine);

private:
    std::vector<std::string> left() const;

    std::filesystem::path folder_;
    std::set<std::string> running_;
};

}  // namespace isag::image
