// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/directories.hpp"
#include "common/environment.hpp"
#include "common/task_group.hpp"
#include "daemon/engine/open.hpp"
#include "daemon/image/turns.hpp"
#include "daemon/sandbox/person.hpp"
#include "daemon/sandbox/record.hpp"
#include "daemon/sandbox/registry.hpp"
#include <boost/asio/any_io_executor.hpp>
#include <filesystem>

namespace isag::api {

// What the operations work on: one for the whole program.
struct Daemon {
    Daemon(boost::asio::any_io_executor executor, Directories where, Environment variables,
           std::filesystem::path init_program);

    Directories directories;
    Environment environment;  // isagd's own
    sandbox::Person person;   // who isagd runs as
    engine::EngineHolder engine;
    sandbox::RecordStore records;
    sandbox::Registry registry;
    image::Turns image_turns;
    TaskGroup background;  // work that outlives the request which asked for it
};

}  // namespace isag::api
