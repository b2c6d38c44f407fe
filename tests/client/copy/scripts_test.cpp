// SPDX-License-Identifier: Apache-2.0
#include "client/copy/scripts.hpp"
#include "common/environment.hpp"
#include "tests/support/program.hpp"
#include <algorithm>
#include <doctest/doctest.h>

namespace isag {

TEST_CASE("every byte of a path survives as text, through sh") {
    std::string bytes;
    for (int c = 1; c < 256; ++c) bytes += static_cast<char>(c);
    for (const std::string& path : {bytes, std::string("\n\n"), std::string("\\c\\n%s"), std::string()}) {
        const std::string text = escaped_for_printf(path);
        CHECK(std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; }));
        const auto done = test::run_program({"sh", "-c", "printf %b \"$1\"", "x", text}, current_environment());
        CHECK((done.out == path));
    }
}

}  // namespace isag
