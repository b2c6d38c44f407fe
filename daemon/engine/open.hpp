// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/child_process.hpp"
#include "common/event.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/find.hpp"
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <optional>

namespace isag::engine {

// An engine that answered, with a version that isag can use.
struct OpenEngine {
    std::shared_ptr<Engine> engine;
    std::string socket;
    Info info;
};

// Opens the engine at one socket: negotiates the API version, and refuses one that is older than 1.41 or runs under
// another kernel. Throws Error.
boost::asio::awaitable<OpenEngine> open_at(Candidate candidate);

// Holds the connection to the engine: finds one on first use, and opens it again after it was lost.
class EngineHolder {
public:
    EngineHolder(std::string setting, Environment environment, Directories directories);
    ~EngineHolder();

    // Throws Error where no engine answers, with all that was tried. The engine that answered first stays the only one:
    // while it restarts, no other takes its place, since that one would not know our containers.
    boost::asio::awaitable<OpenEngine> get();
    // To be called when a call failed: the next get() starts anew.
    void forget() { open_.reset(); }

private:
    boost::asio::awaitable<OpenEngine> open();
    boost::asio::awaitable<std::optional<OpenEngine>> try_candidates(std::vector<Candidate> candidates,
                                                                     std::string& tried);
    boost::asio::awaitable<OpenEngine> start_podman();
    boost::asio::awaitable<OpenEngine> reopen();

    std::string setting_;
    Environment environment_;
    Directories directories_;
    std::optional<OpenEngine> open_;
    std::optional<Candidate> chosen_;       // what answered first
    std::unique_ptr<ChildProcess> podman_;  // `podman system service`, where no engine runs
    bool opening_ = false;                  // by one caller, which the others wait for
    Event opened_;
};

}  // namespace isag::engine
