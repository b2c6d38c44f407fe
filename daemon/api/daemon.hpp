// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "common/task_group.hpp"
#include "daemon/api/event_log.hpp"
#include "daemon/api/forwards.hpp"
#include "daemon/config/daemon_settings.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/image/build_steps.hpp"
#include "daemon/image/certificate_sums.hpp"
#include "daemon/image/turns.hpp"
#include "daemon/sandbox/finished.hpp"
#include "daemon/sandbox/person.hpp"
#include "daemon/sandbox/record.hpp"
#include "daemon/sandbox/registry.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <map>
#include <memory>
#include <string>

namespace isag::api {

struct Farewell;

// What is installed with isagd.
struct Programs {
    std::filesystem::path init;
    std::filesystem::path cover;
    std::filesystem::path gate_archive;
};

// What the operations work on: one for the whole program.
struct Daemon {
    // Reads isagd.yaml. Throws Error where it is wrong.
    Daemon(boost::asio::any_io_executor executor, Directories where, Environment variables, Programs programs);
    // Reads isagd.yaml again; where it is wrong now, what was read before goes on to hold, and isagd's log says so.
    // Another engine is for the next isagd: this one's sandboxes are on the one it has.
    void reload();

    Directories directories;
    Environment environment;  // isagd's own
    config::DaemonSettings settings;
    sandbox::Person person;  // who isagd runs as
    engine::EngineHolder engine;
    sandbox::RecordStore records;
    sandbox::FinishedStore finished;
    EventLog events;
    Forwards forwards;
    firewall::Supply gates;
    sandbox::Registry registry;
    std::map<std::string, std::shared_ptr<Farewell>> farewells;  // by the sandbox's id
    image::Turns image_turns;
    image::CertificateSums certificate_sums;
    image::BuildSteps build_steps;
    TaskGroup background;  // work that outlives the request which asked for it
};

}  // namespace isag::api
