// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "common/error.hpp"
#include "daemon/engine/engine.hpp"
#include "daemon/engine/http.hpp"
#include "daemon/engine/open.hpp"
#include "tests/support/fake_engine.hpp"
#include "tests/support/run_coro.hpp"
#include "tests/support/temp_folder.hpp"
#include <boost/asio/io_context.hpp>
#include <memory>
#include <sys/utsname.h>

namespace isag::test {

inline std::string kernel() {
    utsname here{};
    ::uname(&here);
    return here.release;
}

// Version and info of an engine that isag accepts; false where the request is another.
inline bool answer_greeting(const FakeRequest& request, FakeExchange& exchange, const std::string& api = "1.43") {
    if (request.line() == "GET /version")
        exchange.answer(200, R"({"ApiVersion":")" + api + R"("})");
    else if (request.line() == "GET /info")
        exchange.answer(200, R"({"KernelVersion":")" + kernel() +
                                 R"(","ServerVersion":"24","MemTotal":8000,"Runtimes":{"runc":{}}})");
    else
        return false;
    return true;
}

// A fake engine, and what the test's coroutines run on.
struct EngineFixture {
    explicit EngineFixture(FakeEngine::Script script) : fake(folder.path() / "engine.sock", std::move(script)) {}

    std::unique_ptr<engine::Http> http() const { return engine::make_unix_http(fake.path().string(), "/v1.41"); }
    std::unique_ptr<engine::Engine> engine() const { return std::make_unique<engine::Engine>(http()); }
    void run(boost::asio::awaitable<void> body) {
        context.restart();
        test::run(context, std::move(body));
    }
    // The message of the Error that it throws; "" where it throws none.
    std::string error_of(boost::asio::awaitable<void> body) {
        try {
            run(std::move(body));
            return "";
        } catch (const Error& error) {
            hint = error.hint();
            return error.message();
        }
    }

    TempFolder folder;
    FakeEngine fake;
    boost::asio::io_context context;
    std::string hint;  // of the last error
};

}  // namespace isag::test
