// SPDX-License-Identifier: Apache-2.0
#include "common/async_child.hpp"
#include "common/task_group.hpp"
#include "tests/support/run_coro.hpp"
#include <csignal>
#include <doctest/doctest.h>

namespace asio = boost::asio;
using namespace isag;

namespace {

ChildProcess start(std::vector<std::string> argv) {
    ChildOptions options;
    options.argv = std::move(argv);
    options.env = current_environment();
    return ChildProcess::start(options);
}

asio::awaitable<void> wait_into(ChildProcess& child, ExitStatus& status) { status = co_await wait_for(child); }

asio::awaitable<void> cancel_and_join(TaskGroup& group) {
    group.cancel();
    co_await group.join();
}

}  // namespace

TEST_CASE("async child: its exit status comes without blocking the loop") {
    asio::io_context context;
    auto child = start({"sh", "-c", "exit 3"});
    ExitStatus status;
    test::run(context, wait_into(child, status));
    CHECK(status.code == 3);
}

TEST_CASE("async child: a wait that is cancelled leaves the child to its owner") {
    asio::io_context context;
    auto child = start({"sleep", "1000"});
    ExitStatus status;
    int errors = 0;
    TaskGroup group(context.get_executor(), [&](std::exception_ptr) { ++errors; });
    group.spawn(wait_into(child, status));
    test::run(context, cancel_and_join(group));
    CHECK(errors == 1);
    child.signal(SIGTERM);
    CHECK(child.wait().signal == SIGTERM);
}
