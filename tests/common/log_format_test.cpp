// SPDX-License-Identifier: Apache-2.0
#include "common/log_format.hpp"
#include <doctest/doctest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>
#include <sstream>

TEST_CASE("what is logged is one line, safe for a terminal, and bounded") {
    std::ostringstream out;
    spdlog::logger logger("test", std::make_shared<spdlog::sinks::ostream_sink_st>(out));
    logger.set_formatter(isag::log_format("%L %*"));
    logger.warn("init sent \x1b]0;x\x07\nW isagd is fine");
    CHECK(out.str() == "W init sent \\x1b]0;x\\x07\\nW isagd is fine\n");
    out.str("");
    logger.info(std::string(1'000'000, 'x'));
    CHECK(out.str() == "I " + std::string(4096, 'x') + "…\n");
}
